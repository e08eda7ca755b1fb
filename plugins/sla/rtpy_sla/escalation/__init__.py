"""Steps that the worker takes when their time has come."""
