"""Result columns of tickets: what each shows, loaded in bulk for a page, and formats that choose them."""
