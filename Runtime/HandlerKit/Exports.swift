// What a handler author needs beyond this module, so that `import HandlerKit` is enough.
@_exported public import Kernel
@_exported public import Logging

@_exported public import struct Jobs.RetryPolicy
@_exported public import struct Postgres.BinaryArray
@_exported public import enum Postgres.Bind
@_exported public import struct Postgres.Call
@_exported public import struct Postgres.Row
@_exported public import struct Postgres.RowStream
@_exported public import struct Postgres.Rows
@_exported public import struct Postgres.Statement
@_exported public import struct Wire.FeedPage
@_exported public import struct Wire.HeaderField
