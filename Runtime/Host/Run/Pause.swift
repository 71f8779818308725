/// Lets time pass between the rounds of a service; false where the task was cancelled, and it is time to end.
func pause(for duration: Duration) async -> Bool {
    (try? await Task.sleep(for: duration)) != nil
}
