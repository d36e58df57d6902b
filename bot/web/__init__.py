"""Routes and pages."""
