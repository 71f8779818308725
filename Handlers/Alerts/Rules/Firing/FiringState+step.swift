public import Kernel
public import NotificationRules

extension FiringState {
    /// One evaluation. A slot that is not newer than the last one changes nothing, so that a firing and each of its notices come about once, however often
    /// a slot is evaluated; one that is more than an hour older is of a clock that was put back.
    ///
    /// normal → pending (the condition holds) → firing (it held for `for_seconds`) → normal (it was clear for `resolve_seconds`). `zone` is the tenant's.
    public mutating func step(
        at slot: Timestamp, _ timing: RuleTiming, _ severity: Severity, _ zone: ZoneOffsets, verdict: (_ isFiring: Bool) -> Verdict
    ) -> FiringStep {
        var step = FiringStep()
        if let lastSlot, slot <= lastSlot {
            guard slot + Self.clockBack < lastSlot else { return step }
            putBack(to: slot)
        }
        lastSlot = slot
        let local = zone.local(slot)
        let isQuiet = timing.isQuiet(local, severity) || snoozedUntil.map { slot < $0 } == true
        if let end = snoozedUntil, end <= slot { snoozedUntil = nil }
        guard timing.isScheduled(local) else {
            tell(slot, timing, isQuiet, &step)
            return step
        }
        step.counted = true
        let found = verdict(phase == .firing)
        // Sums and shares of huge values may be none that JSON has a number for.
        (value, summary) = (found.value.flatMap { $0.isFinite ? $0 : nil } ?? value, found.summary)
        if hasData != (found.truth != .unknown) {
            hasData.toggle()
            step.events.append(hasData ? .dataBack : .noData)
        }
        switch truth(found.truth, timing) {
        case .breached: breached(slot, timing, &step)
        case .clear: clear(slot, timing, &step)
        case .unknown: break
        }
        tell(slot, timing, isQuiet, &step)
        return step
    }

    /// So far behind the last slot a slot is not late: the clock was wrong, and has been put back.
    private static let clockBack = Duration.seconds(3600)

    /// What lies ahead of a clock that was put back is taken for now, so that nothing waits until the wrong time comes.
    private mutating func putBack(to slot: Timestamp) {
        since = since.map { min($0, slot) }
        clearSince = clearSince.map { min($0, slot) }
        toldAt = toldAt.map { min($0, slot) }
    }

    private func truth(_ truth: Verdict.Truth, _ timing: RuleTiming) -> Verdict.Truth {
        guard truth == .unknown else { return truth }
        switch timing.withoutData ?? .keep {
        case .keep: return .unknown
        case .fire: return .breached
        case .resolve: return .clear
        }
    }

    private mutating func breached(_ slot: Timestamp, _ timing: RuleTiming, _ step: inout FiringStep) {
        clearSince = nil
        if phase == .firing { return }
        if phase == .normal {
            (phase, since) = (.pending, slot)
            if (timing.forSeconds ?? 0) > 0 { step.events.append(.pending) }
        }
        guard let since, slot - since >= .seconds(timing.forSeconds ?? 0) else { return }
        (phase, self.since) = (.firing, slot)
        firing += 1
        (acknowledgedAt, toldAt, owed) = (nil, nil, .fired)
        step.events.append(.fired(firing))
    }

    private mutating func clear(_ slot: Timestamp, _ timing: RuleTiming, _ step: inout FiringStep) {
        switch phase {
        case .normal: break
        case .pending: (phase, since) = (.normal, slot)
        case .firing:
            let start = clearSince ?? slot
            clearSince = start
            guard slot - start >= .seconds(timing.resolveSeconds ?? 0) else { return }
            end(slot, &step)
        }
    }

    /// The firing is over. Its end is told of where its beginning was.
    private mutating func end(_ slot: Timestamp, _ step: inout FiringStep) {
        (phase, since, clearSince, acknowledgedAt) = (.normal, slot, nil, nil)
        owed = toldAt == nil ? nil : .resolved
        step.events.append(.resolved(firing))
    }

    private mutating func tell(_ slot: Timestamp, _ timing: RuleTiming, _ isQuiet: Bool, _ step: inout FiringStep) {
        if isQuiet { return }
        switch owed {
        case .fired where acknowledgedAt == nil:
            step.notices.append(.init(.fired, firing: firing))
            toldAt = slot
        case .fired: break
        case .resolved: step.notices.append(.init(.resolved, firing: firing))
        case nil:
            if phase == .firing, acknowledgedAt == nil, let pause = timing.repeatSeconds, let toldAt, slot - toldAt >= .seconds(pause) {
                step.notices.append(.init(.repeated, firing: firing))
                self.toldAt = slot
            }
        }
        owed = nil
    }
}

extension FiringState {
    /// Somebody knows of the firing: it is not told of again. Throws `CONFLICT` where it does not fire.
    public mutating func acknowledge(at time: Timestamp) throws(AppError) {
        guard phase == .firing else { throw AppError(.conflict, "The alert does not fire") }
        acknowledgedAt = acknowledgedAt ?? time
    }

    /// Nobody is told until then; nil: it is told of again from now on.
    public mutating func snooze(until time: Timestamp?) { snoozedUntil = time }

    /// The rule has become another one: what it found before says nothing any more. The number of a firing that this ended, if there was one; its end is
    /// in the notices where its beginning was told.
    public mutating func restart(at time: Timestamp) -> FiringStep {
        var step = FiringStep()
        if phase == .firing { end(time, &step) }
        if owed == .resolved { step.notices.append(.init(.resolved, firing: firing)) }
        (phase, since, owed, hasData, value, summary) = (.normal, time, nil, true, nil, "")
        return step
    }
}
