-- The end of a room, exact: one timer for the warning, one for the end, both set again when the
-- end moves. The clock and the timers are handed in.

local limit = {};

-- Twice the longest sensible consult: no answer, however wrong, keeps a room longer than this.
limit.CEILING = 4 * 3600;

local function stop(timer)
	if timer then timer:stop(); end
end

-- state: { ends_at, warn_seconds, created_at, warned_for }, kept by the caller for the room's life.
-- hooks: { now(), after(seconds, fn) -> timer with :stop(), warn(remaining), finish() }
function limit.arm(state, hooks)
	stop(state.warn_timer);
	stop(state.end_timer);
	local now = hooks.now();
	state.ends_at = math.min(state.ends_at, state.created_at + (state.ceiling or limit.CEILING));
	state.end_timer = hooks.after(math.max(0, state.ends_at - now), hooks.finish);
	local lead = state.ends_at - state.warn_seconds - now;
	state.warn_timer = nil;
	if state.warn_seconds > 0 and state.warned_for ~= state.ends_at then
		state.warn_timer = hooks.after(math.max(0, lead), function ()
			state.warned_for = state.ends_at;
			hooks.warn(math.max(0, state.ends_at - hooks.now()));
		end);
	end
end

function limit.disarm(state)
	stop(state.warn_timer);
	stop(state.end_timer);
	state.warn_timer, state.end_timer = nil, nil;
end

local texts = {
	es = "La consulta termina en %d minuto(s).",
	pt = "A consulta termina em %d minuto(s).",
	en = "The consultation ends in %d minute(s).",
};

function limit.warning_text(language, remaining)
	return (texts[language] or texts.es):format(math.max(1, math.floor(remaining / 60 + 0.5)));
end

return limit;
