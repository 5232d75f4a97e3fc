"""Rules of the rule book that need neither database nor clock."""
