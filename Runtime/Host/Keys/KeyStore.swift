public import Kernel
public import Tokens

/// The keys of this installation that are not the database's: files in `keys/` of its home, each readable by its owner alone.
///
/// Everything here blocks. What several processes change at the same time is not lost.
public struct KeyStore: Sendable {
    private let folder: String
    private let time: TimeSource

    /// The keys in a home folder.
    public init(home: String, time: TimeSource = .system) {
        folder = "\(home)/keys"
        self.time = time
    }

    /// The master secret, in `master.json`; made where there is none.
    public func master() throws(AppError) -> MasterSecret {
        if File.exists(masterPath) { return try readMaster() }
        return try changeMaster { (master) throws(AppError) in master }
    }

    /// Changes the master secret and says what the body says.
    public func changeMaster<Result>(_ body: (inout MasterSecret) throws(AppError) -> Result) throws(AppError) -> Result {
        try locked { () throws(AppError) in
            var master = File.exists(masterPath) ? try readMaster() : MasterSecret(at: time.now())
            let result = try body(&master)
            try File.write(JSON.encode(master), to: masterPath)
            return result
        }
    }

    /// The keys of access tokens, in `jwt.json`; made for an algorithm where there are none. A key in `jwt.pem` is taken over as the one that signs.
    public func ring(_ algorithm: JWSAlgorithm) throws(AppError) -> JWTKeyRing {
        if File.exists(ringPath) { return try readRing() }
        return try changeRing(algorithm) { (ring) throws(AppError) in ring }
    }

    /// Changes the keys of access tokens and says what the body says.
    public func changeRing<Result>(
        _ algorithm: JWSAlgorithm, _ body: (inout JWTKeyRing) throws(AppError) -> Result
    ) throws(AppError) -> Result {
        try locked { () throws(AppError) in
            var ring = File.exists(ringPath) ? try readRing() : try newRing(algorithm)
            let result = try body(&ring)
            try File.write(JSON.encode(ring), to: ringPath)
            try File.remove(oldPath)
            return result
        }
    }

    /// What is there; nil where nothing was made yet.
    public func known() throws(AppError) -> (ring: JWTKeyRing?, master: MasterSecret?) {
        (File.exists(ringPath) ? try readRing() : nil, File.exists(masterPath) ? try readMaster() : nil)
    }

    /// Tells one content of the files from another without reading them.
    var identity: [String?] { [File.identity(of: masterPath), File.identity(of: ringPath)] }

    private var masterPath: String { "\(folder)/master.json" }
    private var ringPath: String { "\(folder)/jwt.json" }
    private var oldPath: String { "\(folder)/jwt.pem" }

    private func readMaster() throws(AppError) -> MasterSecret { try MasterSecret(json: try File.read(masterPath)) }

    private func readRing() throws(AppError) -> JWTKeyRing { try JWTKeyRing(json: try File.read(ringPath)) }

    private func newRing(_ algorithm: JWSAlgorithm) throws(AppError) -> JWTKeyRing {
        let now = time.now()
        guard File.exists(oldPath) else { return try JWTKeyRing(algorithm, at: now) }
        let old = try RSAKey(privatePEM: String(decoding: try File.read(oldPath), as: UTF8.self))
        return JWTKeyRing(signing: JWTKeyRing.Key(old, at: now), standby: try JWTKeyRing.Key(.rs256, at: now), at: now)
    }

    private func locked<Result>(_ body: () throws(AppError) -> Result) throws(AppError) -> Result {
        try File.makeFolder(folder)
        return try File.withLock("\(folder)/lock", body)
    }
}
