std = "lua54"
max_line_length = 120
ignore = { "212/self" }
files["modules/"] = { globals = { "module" }, read_globals = { "prosody" } }
files["spec/"] = { std = "+busted" }
