"""Forecasts daily series with other libraries, and scores anybody's forecasts. Runs in an environment that has them.

usage: forecasts.py run METHOD TASKS OUT     prints {"cpu_ms": CPU of this process a series, without imports and compiling}
       forecasts.py mean OUT PARTS...        writes the mean of such answers
       forecasts.py score TASKS OUT          prints {"series", "owa", "owa_error", "smape", "mase", "coverage95"}
"""

import csv
import datetime
import json
import logging
import sys
import time
import warnings

import numpy as np

PERIOD = 7
csv.field_size_limit(1 << 30)
warnings.filterwarnings("ignore")


def tasks(path):
    with open(path, newline="") as file:
        for row in csv.DictReader(file):
            yield row["id"], int(row["horizon"]), row["start"], *(np.array(row[part].split(), float) for part in ("train", "test"))


def prophet(values, start, horizon):
    import pandas
    from prophet import Prophet

    days = pandas.date_range(start or "2015-01-01", periods=len(values) + horizon)
    model = Prophet(interval_width=0.95)
    model.fit(pandas.DataFrame({"ds": days[:len(values)], "y": values}))
    found = model.predict(pandas.DataFrame({"ds": days[len(values):]}))
    return found["yhat"].to_numpy(), found["yhat_lower"].to_numpy(), found["yhat_upper"].to_numpy()


def from_statsforecast(name):
    def run(values, _, horizon):
        from statsforecast import models

        found = getattr(models, name)(season_length=PERIOD).forecast(y=values, h=horizon, level=[95])
        return found["mean"], found["lo-95"], found["hi-95"]

    return run


METHODS = {
    "prophet": prophet, "auto_ets": from_statsforecast("AutoETS"), "theta": from_statsforecast("DynamicOptimizedTheta"),
    "auto_ces": from_statsforecast("AutoCES"),
}


def run(method, path, out):
    for name in ("prophet", "cmdstanpy"):
        logging.getLogger(name).setLevel(logging.ERROR)
    listed = list(tasks(path))
    # The first call imports and compiles.
    METHODS[method](listed[0][3], listed[0][2], listed[0][1])
    before = times()
    with open(out, "w", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["id", "step", "mean", "lo95", "hi95"])
        for name, horizon, start, train, _ in listed:
            mean, low, high = METHODS[method](train, start, horizon)
            rows.writerows([name, step + 1, mean[step], low[step], high[step]] for step in range(horizon))
    print(json.dumps({"cpu_ms": round(1000 * (times() - before) / len(listed), 1)}))


def mean(out, *parts):
    """Answers to the same tasks, number by number."""
    tables = []
    for part in parts:
        with open(part, newline="") as file:
            tables.append(list(csv.reader(file)))
    with open(out, "w", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(tables[0][0])
        for alike in zip(*(table[1:] for table in tables), strict=True):
            if len({tuple(row[:2]) for row in alike}) > 1:
                raise SystemExit(f"{parts} do not answer the same tasks")
            rows.writerow(alike[0][:2] + list(np.mean([[float(number) for number in row[2:]] for row in alike], axis=0)))


def times():
    """Of this process and of those that it started: Prophet's sampler is one."""
    import resource

    return time.process_time() + sum(resource.getrusage(resource.RUSAGE_CHILDREN)[:2])


def is_seasonal(values):
    """The test of the M4 competition: the autocorrelation at the period at 90 %."""
    if len(values) < 3 * PERIOD:
        return False
    rest = values - values.mean()
    square = (rest * rest).sum()
    if square == 0:
        return False
    found = np.array([(rest[lag:] * rest[:-lag]).sum() / square for lag in range(1, PERIOD + 1)])
    limit = 1.645 * np.sqrt((1 + 2 * (found[:-1] ** 2).sum()) / len(values))
    return abs(found[-1]) > limit


def naive2(values, horizon):
    """The last value, seasonally adjusted by classical multiplicative decomposition."""
    if is_seasonal(values):
        middle = np.convolve(values, np.ones(PERIOD) / PERIOD, "valid")
        with np.errstate(all="ignore"):
            ratios = values[PERIOD // 2:len(values) - PERIOD // 2] / middle
        ratios[~np.isfinite(ratios)] = np.nan
        places = (np.arange(len(ratios)) + PERIOD // 2) % PERIOD
        index = np.array([np.nanmean(ratios[places == place]) for place in range(PERIOD)])
        index /= index.mean()
        if np.isfinite(index).all() and (abs(index) > 1e-9).all():
            ahead = (len(values) + np.arange(horizon)) % PERIOD
            return values[-1] / index[(len(values) - 1) % PERIOD] * index[ahead]
    return np.full(horizon, values[-1])


def score(path, out):
    """OWA as in the M4 competition (Makridakis, Spiliotis and Assimakopoulos 2020)."""
    said = {}
    with open(out, newline="") as file:
        for row in csv.DictReader(file):
            said.setdefault(row["id"], []).append([float(row[part]) for part in ("mean", "lo95", "hi95")])
    own, other, inside = [], [], []
    for name, horizon, _, train, test in tasks(path):
        scale = abs(train[PERIOD:] - train[:-PERIOD]).mean()
        if scale == 0:
            continue
        found = np.array(said[name])
        if found.shape != (horizon, 3) or not np.isfinite(found).all():
            raise SystemExit(f"{name} has no complete forecast")
        for kept, mean in ((own, found[:, 0]), (other, naive2(train, horizon))):
            error, size = abs(test - mean), abs(test) + abs(mean)
            kept.append((200 * np.mean(np.divide(error, size, out=np.zeros(horizon), where=size > 0)), error.mean() / scale))
        inside.append(np.mean((test >= found[:, 1]) & (test <= found[:, 2])))
    own, other = np.array(own), np.array(other)
    # By the bootstrap over series.
    drawn = np.random.default_rng(1).integers(len(own), size=(1000, len(own)))
    error = np.std((own[drawn].mean(axis=1) / other[drawn].mean(axis=1)).mean(axis=1))
    own, other = own.mean(axis=0), other.mean(axis=0)
    print(json.dumps({
        "series": len(inside), "owa": round(float((own / other).mean()), 3), "owa_error": round(float(error), 3), "smape": round(float(own[0]), 2),
        "mase": round(float(own[1]), 3), "coverage95": round(float(np.mean(inside)), 3)}))


if __name__ == "__main__":
    {"run": run, "mean": mean, "score": score}[sys.argv[1]](*sys.argv[2:])
