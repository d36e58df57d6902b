"""Storage remembers: tables, repositories, transactions."""
