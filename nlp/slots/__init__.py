"""What messages name: addresses, times, numbers, sums, people, things."""
