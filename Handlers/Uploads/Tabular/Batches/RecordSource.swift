public import Kernel

/// Makes records of the bytes of a file, piece by piece, in constant memory and without any input or output of its own.
///
/// After an error a source is of no use.
public protocol RecordSource: ~Copyable {
    /// Takes the next bytes of the file. Take all batches out by ``next()`` before the next call, so that they do not pile up.
    ///
    /// Throws ``AppError`` of code `UNPROCESSABLE_FILE` with the place and what was expected there.
    mutating func feed(_ bytes: [UInt8]) throws(AppError)
    /// Says that the file ends here. What is left comes by ``next()``.
    mutating func finish() throws(AppError)
    /// The next batch that is ready; nil where there is none yet.
    mutating func next() -> RecordBatch?
}
