using System.Text;

namespace ReleaseWorkflows.Server.Pilot;

/// <summary>Finds out how the text of an uploaded list is encoded.</summary>
/// <remarks>
/// A byte order mark decides; the reader honours it. Without one, zeros in every other byte mean UTF-16, and everything else is UTF-8 in
/// which bytes that are no UTF-8 are taken for Windows-1252, the code page of older spreadsheet programs. That needs no second look at
/// the file, and ids themselves are ASCII anyway.
/// </remarks>
internal static class TesterFileText
{
    private static readonly Encoding Utf8OrWindows1252 =
        Encoding.GetEncoding("utf-8", EncoderFallback.ReplacementFallback, new Windows1252Fallback());

    /// <summary>The encoding of a text that starts with these bytes, as long as it has no byte order mark.</summary>
    public static Encoding EncodingOf(ReadOnlySpan<byte> start) => start switch
    {
        [not 0, 0, not 0, 0, ..] or [not 0, 0] => Encoding.Unicode,
        [0, not 0, 0, not 0, ..] or [0, not 0] => Encoding.BigEndianUnicode,
        _ => Utf8OrWindows1252,
    };

    private sealed class Windows1252Fallback : DecoderFallback
    {
        // The decoder hands over the bytes of one broken sequence, at most four.
        public override int MaxCharCount => 4;

        public override DecoderFallbackBuffer CreateFallbackBuffer() => new Buffer();
    }

    private sealed class Buffer : DecoderFallbackBuffer
    {
        // The characters of 0x80 to 0x9F; five bytes have none. All others are the same as in Unicode.
        private const string Special =
            "€\uFFFD‚ƒ„…†‡ˆ‰Š‹Œ\uFFFDŽ\uFFFD\uFFFD‘’“”•–—˜™š›œ\uFFFDžŸ";

        private byte[] _bytes = [];
        private int _position;

        public override int Remaining => _bytes.Length - _position;

        public override bool Fallback(byte[] bytesUnknown, int index)
        {
            _bytes = bytesUnknown;
            _position = 0;
            return bytesUnknown.Length > 0;
        }

        public override char GetNextChar()
        {
            if (Remaining == 0)
            {
                return '\0';
            }

            var value = _bytes[_position++];
            return value is >= 0x80 and <= 0x9F ? Special[value - 0x80] : (char)value;
        }

        public override bool MovePrevious()
        {
            if (_position == 0)
            {
                return false;
            }

            _position--;
            return true;
        }

        public override void Reset()
        {
            _bytes = [];
            _position = 0;
        }
    }
}
