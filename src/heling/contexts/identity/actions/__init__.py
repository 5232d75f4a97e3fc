"""What people do with accounts, posts, staff sessions and family representation."""
