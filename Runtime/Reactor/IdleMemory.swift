import CEpoll

/// Memory that was freed and that the allocator keeps for later.
///
/// glibc keeps it in an arena for each thread, so that a process which once held much seems to hold it for ever.
public enum IdleMemory {
    /// Blocks of at least so many bytes come from the system and go back to it when they are freed. Set, so that it does not grow with what is freed.
    private static let largeBlock: Int32 = 8 << 20
    /// So many arenas for all threads.
    private static let arenas: Int32 = 2

    /// Makes the process keep less. To be called before it starts threads.
    public static func keepLittle() { _ = memory_configure(arenas, largeBlock, 2 * largeBlock) }

    /// How much is kept, in bytes. Takes microseconds, more where much is in pieces.
    public static var bytes: Int { memory_idle() }

    /// Gives all of it back to the system. Takes milliseconds for each 100 MB, in which allocations wait.
    public static func giveBack() { _ = memory_give_back() }
}
