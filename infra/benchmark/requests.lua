-- wrk: each thread walks the requests of a file from a place of its own. A line: path, tab, header name, tab, header value.
local threads = 0
local requests = {}
local position = 0

function setup(thread)
    threads = threads + 1
    thread:set("number", threads)
end

function init(args)
    for line in io.lines(args[1]) do
        local path, name, value = line:match("([^\t]+)\t([^\t]+)\t([^\t]+)")
        requests[#requests + 1] = wrk.format("GET", path, {["Host"] = "localhost", [name] = value})
    end
    position = number * 997
    -- The second argument: milliseconds that a connection waits before each request.
    local pause = tonumber(args[2])
    if pause then delay = function() return pause end end
end

function request()
    position = position % #requests + 1
    return requests[position]
end

function done(summary, latency)
    local errors = summary.errors
    io.write(string.format(
        '{"requests": %d, "duration_us": %d, "errors": %d, "p50_us": %d, "p99_us": %d, "max_us": %d}\n',
        summary.requests, summary.duration, errors.connect + errors.read + errors.write + errors.status + errors.timeout,
        latency:percentile(50), latency:percentile(99), latency.max))
end
