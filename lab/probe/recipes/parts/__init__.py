"""What recipes share: plain functions, pasted above the recipe that asks for them."""
