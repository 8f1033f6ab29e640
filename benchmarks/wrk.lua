-- wrk asks each body of a file in turn, one JSON value a line, and says in JSON how it went.
--   wrk --script wrk.lua URL -- BODIES

local requests = {}
local last = 0

function init(args)
  for body in io.lines(args[1]) do
    requests[#requests + 1] = wrk.format("POST", nil, { ["Content-Type"] = "application/json" }, body)
  end
end

function request()
  last = last % #requests + 1
  return requests[last]
end

function done(summary, latency)
  local errors = summary.errors
  print(string.format(
    '{"seconds": %.6f, "requests": %d, "failed": %d, "unanswered": %d, "p50_ms": %.3f, "p99_ms": %.3f}',
    summary.duration / 1e6,
    summary.requests,
    errors.status,
    errors.connect + errors.read + errors.write + errors.timeout,
    latency:percentile(50) / 1e3,
    latency:percentile(99) / 1e3
  ))
end
