/// What the columns of a table hold, as its first rows show it.
public struct TableLayout: Sendable, Hashable {
    /// A column and its place, from 0.
    public struct Column: Sendable, Hashable {
        /// The header's text without surrounding blanks; `column 3` where it is empty, `sales (2)` where it is there twice.
        public let name: String
        public let index: Int
    }

    /// How the file separates its fields.
    public let dialect: Dialect
    /// How many columns the header has.
    public let width: Int
    /// The column with the row's date.
    public let time: Column
    /// How that column writes its dates.
    public let timeForm: TimeForm
    /// The columns with numbers, in the file's order.
    public let values: [Column]
    /// The names of the columns that are neither.
    public let ignored: [String]
}
