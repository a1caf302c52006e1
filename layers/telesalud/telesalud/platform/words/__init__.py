"""How things are said to people: countries' words over a language's, and the form of an SMS."""
