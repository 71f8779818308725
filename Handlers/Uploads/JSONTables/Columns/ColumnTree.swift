import Kernel
import TypedTables

/// The columns that the paths of objects make, in the order in which they were first seen: `address.city` for `{"address": {"city": …}}`.
struct ColumnTree: Sendable {
    /// One name within an object.
    private struct Node: Sendable {
        let name: [UInt8]
        let parent: Int
        /// The column of its values; nil while it has had none of its own.
        var column: Int?
        var children: [Int] = []
        /// By name, once there are many.
        var index: [[UInt8]: Int] = [:]
        /// The child after the one that was found last: objects mostly repeat an order.
        var expected = 0
    }

    private static let few = 8
    private let limits: JSONTableLimits
    private var nodes = [Node(name: [], parent: -1)]
    /// The path of each column.
    private(set) var names: [String] = []

    static let root = 0

    init(limits: JSONTableLimits) { self.limits = limits }

    /// The node of a name within another node; made where there is none.
    mutating func child(of node: Int, _ name: UnsafeBufferPointer<UInt8>) throws(AppError) -> Int {
        let children = nodes[node].children.count
        if nodes[node].expected >= children { nodes[node].expected = 0 }
        if children > 0 {
            let guess = nodes[node].children[nodes[node].expected]
            if matches(guess, name) {
                nodes[node].expected += 1
                return guess
            }
        }
        if children <= Self.few {
            for (place, child) in nodes[node].children.enumerated() where matches(child, name) {
                nodes[node].expected = place + 1
                return child
            }
        } else if let child = nodes[node].index[Array(name)] {
            return child
        }
        return try add(Array(name), to: node)
    }

    /// The column of a node's own values.
    mutating func column(of node: Int) throws(AppError) -> Int {
        if let column = nodes[node].column { return column }
        guard names.count < limits.typed.columns else {
            throw AppError(.unprocessableFile, "The records have more than \(limits.typed.columns) columns; at most that many are read")
        }
        nodes[node].column = names.count
        names.append(path(node))
        return names.count - 1
    }

    @inline(__always)
    private func matches(_ node: Int, _ name: UnsafeBufferPointer<UInt8>) -> Bool {
        let own = nodes[node].name
        guard own.count == name.count else { return false }
        return own.withUnsafeBufferPointer { own in
            for index in 0..<own.count where own[index] != name[index] { return false }
            return true
        }
    }

    private mutating func add(_ name: [UInt8], to node: Int) throws(AppError) -> Int {
        guard nodes.count <= limits.typed.columns * 2 else {
            throw AppError(.unprocessableFile, "The records have more than \(limits.typed.columns) names; at most that many are read")
        }
        let made = nodes.count
        nodes.append(Node(name: name, parent: node))
        guard path(made).utf8.count <= limits.nameBytes else {
            throw AppError(.unprocessableFile, "The path of a column is longer than \(limits.nameBytes) bytes")
        }
        nodes[node].children.append(made)
        if nodes[node].children.count > Self.few {
            if nodes[node].index.isEmpty { for child in nodes[node].children { nodes[node].index[nodes[child].name] = child } }
            nodes[node].index[name] = made
        }
        return made
    }

    private func path(_ node: Int) -> String {
        var parts: [String] = []
        var at = node
        while at > 0 {
            parts.append(String(decoding: nodes[at].name, as: UTF8.self))
            at = nodes[at].parent
        }
        return parts.isEmpty ? "value" : parts.reversed().joined(separator: ".")
    }
}
