"""The pages of the second factor: asked at the login, set up, and looked after; for staff and customers alike."""
