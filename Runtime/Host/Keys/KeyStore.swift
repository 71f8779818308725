public import Kernel
public import Tokens

/// The keys of this installation that are not the database's: files in `keys/` of its home, each readable by its owner alone.
public struct KeyStore: Sendable {
    private let folder: String
    private let time: TimeSource

    /// The keys in a home folder. Everything else here blocks.
    public init(home: String, time: TimeSource = .system) {
        folder = "\(home)/keys"
        self.time = time
    }

    /// The master secret, in `master.json`; made where there is none.
    public func master() throws(AppError) -> MasterSecret {
        if File.exists(masterPath) { return try readMaster() }
        return try changeMaster { (master) throws(AppError) in master }
    }

    /// Changes the master secret and says what the body says; what others change at the same time is not lost.
    public func changeMaster<Result>(_ body: (inout MasterSecret) throws(AppError) -> Result) throws(AppError) -> Result {
        try File.makeFolder(folder)
        return try File.withLock("\(folder)/lock") { () throws(AppError) in
            var master = File.exists(masterPath) ? try readMaster() : MasterSecret(at: time.now())
            let result = try body(&master)
            try File.write(JSON.encode(master), to: masterPath)
            return result
        }
    }

    /// The key that access tokens are signed with, in `jwt.pem`; made where there is none.
    func jwt() throws(AppError) -> RSAKey {
        let path = "\(folder)/jwt.pem"
        if !File.exists(path) {
            try File.makeFolder(folder)
            try File.write(Array(RSAKey.generate().privatePEM.utf8), to: path)
        }
        return try RSAKey(privatePEM: String(decoding: try File.read(path), as: UTF8.self))
    }

    private var masterPath: String { "\(folder)/master.json" }

    private func readMaster() throws(AppError) -> MasterSecret { try MasterSecret(json: try File.read(masterPath)) }
}
