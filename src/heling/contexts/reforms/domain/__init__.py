"""What a plan is made of, without Django: levers, their text, months, figures in words."""
