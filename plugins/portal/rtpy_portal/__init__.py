"""The customer's side of requests: portal, knowledge, known issues, ratings; a plugin of rtpy, on public hooks only."""
