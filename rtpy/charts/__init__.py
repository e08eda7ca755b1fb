"""Charts: values to be shown, and their drawing as SVG. Pure; where the values come from is not known here."""
