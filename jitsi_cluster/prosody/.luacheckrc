std = "lua54"
max_line_length = 120
ignore = { "212/self" }
files["modules/"] = { globals = { "module" }, read_globals = { "prosody" } }
files["spec/"] = { std = "+busted" }
-- Prosody's configuration language: plain assignments, ENV_* reads the environment.
files["telesalud.cfg.lua"] = { ignore = { "111", "113" } }
