-- Asks for the tiles listed in a file, one after the other, from a place of its own. wrk … -- FILE COOKIE
local paths, at, headers = {}, 0, {}

function init(args)
  for line in io.lines(args[1]) do paths[#paths + 1] = line end
  headers["Cookie"] = args[2]
  math.randomseed(os.time())
  at = math.random(#paths)
end

function request()
  at = at % #paths + 1
  return wrk.format("GET", paths[at], headers)
end

function done(summary)
  local e = summary.errors
  io.write(string.format("ANSWERS %d FAILED %d SECONDS %.6f\n", summary.requests,
    e.status + e.timeout + e.read + e.write + e.connect, summary.duration / 1e6))
end
