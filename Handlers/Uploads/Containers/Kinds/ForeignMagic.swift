/// First bytes of files that hold no table that is read here.
enum ForeignMagic {
    /// What the file is called; nil where none of them is meant.
    static func match(_ head: [UInt8]) -> String? {
        for (offset, magic, what) in table where head.count >= offset + magic.count && head[offset...].starts(with: magic) { return what }
        return nil
    }

    private static let table: [(offset: Int, magic: [UInt8], what: String)] = [
        (0, Array("%PDF-".utf8), "a PDF document"),
        (0, [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A], "a PNG image"),
        (0, [0xFF, 0xD8, 0xFF], "a JPEG image"),
        (0, Array("GIF8".utf8), "a GIF image"),
        (0, [0x49, 0x49, 0x2A, 0x00], "a TIFF image"),
        (0, [0x4D, 0x4D, 0x00, 0x2A], "a TIFF image"),
        (8, Array("WEBPVP8".utf8), "a WebP image"),
        (8, Array("WAVEfmt".utf8), "a sound"),
        (0, Array("ID3".utf8) + [0x03], "a sound"),
        (0, Array("ID3".utf8) + [0x04], "a sound"),
        (0, Array("OggS".utf8) + [0x00], "a sound"),
        (4, Array("ftyp".utf8), "a film"),
        (0, [0x1A, 0x45, 0xDF, 0xA3], "a film"),
        (0, [0x7F, 0x45, 0x4C, 0x46], "a program"),
        (0, [0x4D, 0x5A, 0x90, 0x00], "a program"),
        (0, [0xCA, 0xFE, 0xBA, 0xBE], "a program"),
        (0, [0xCF, 0xFA, 0xED, 0xFE], "a program"),
        (0, [0x00, 0x61, 0x73, 0x6D], "a program"),
        (0, Array("SQLite format 3".utf8) + [0x00], "an SQLite database"),
        (0, Array("PAR1".utf8), "a Parquet file"),
        (0, Array("ORC".utf8) + [0x08], "an ORC file"),
        (0, Array("Obj".utf8) + [0x01], "an Avro file"),
        (0, Array("ARROW1".utf8) + [0x00], "an Arrow file"),
        (0, [0x89, 0x48, 0x44, 0x46, 0x0D, 0x0A], "an HDF5 file"),
        (0, Array("{\\rtf".utf8), "an RTF document"),
        (0, Array("%!PS-Adobe".utf8), "a PostScript document"),
        (0, [0x37, 0x7A, 0xBC, 0xAF, 0x27, 0x1C], "an archive of 7-Zip; zip and gzip are unpacked here"),
        (0, Array("Rar!".utf8) + [0x1A, 0x07], "an archive of RAR; zip and gzip are unpacked here"),
        (0, [0xFD, 0x37, 0x7A, 0x58, 0x5A, 0x00], "packed by xz; zip and gzip are unpacked here"),
        (0, [0x28, 0xB5, 0x2F, 0xFD], "packed by zstd; zip and gzip are unpacked here"),
        (0, [0x04, 0x22, 0x4D, 0x18], "packed by lz4; zip and gzip are unpacked here"),
        (0, Array("BZh".utf8) + [0x31], "packed by bzip2; zip and gzip are unpacked here"),
        (0, Array("BZh".utf8) + [0x39], "packed by bzip2; zip and gzip are unpacked here"),
        (257, Array("ustar".utf8), "an archive of tar; zip and gzip are unpacked here"),
    ]
}
