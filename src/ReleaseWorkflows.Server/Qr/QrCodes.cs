using QRCoder;

namespace ReleaseWorkflows.Server.Qr;

/// <summary>
/// Draws QR codes, black on white and large enough to scan from a screen: the temporary test code of a release (S4, T3) among others.
/// </summary>
/// <remarks>
/// Error correction is level M (15 % may be unreadable), and four white modules surround the code on each side, as ISO/IEC 18004 asks for.
/// The same text always gives the same picture, so it can be cached under a hash of the text.
/// </remarks>
internal static class QrCodes
{
    /// <summary>Longest text in UTF-8 bytes. More would make modules too small for a telephone's camera.</summary>
    public const int MaxTextBytes = 1024;

    private const QRCodeGenerator.ECCLevel Level = QRCodeGenerator.ECCLevel.M;

    // At least this many pixels from edge to edge: sharp on a screen of double density at 200 points.
    private const int SmallestWidth = 400;

    private static readonly byte[] Black = [0, 0, 0];
    private static readonly byte[] White = [255, 255, 255];

    /// <summary>Draws the code as an SVG document that scales to the space it is given.</summary>
    /// <param name="text">What the code says, usually an address; 1 to <see cref="MaxTextBytes"/> bytes.</param>
    /// <exception cref="ArgumentException">The text is empty or too long.</exception>
    public static string DrawSvg(string text)
    {
        using var code = Generate(text);
        using var drawing = new SvgQRCode(code);
        return drawing.GetGraphic(1, "#000000", "#ffffff", drawQuietZones: true, SvgQRCode.SizingMode.ViewBoxAttribute);
    }

    /// <summary>Draws the code as a PNG picture of whole pixels per module and at least 400 pixels a side.</summary>
    /// <param name="text">What the code says, usually an address; 1 to <see cref="MaxTextBytes"/> bytes.</param>
    /// <exception cref="ArgumentException">The text is empty or too long.</exception>
    public static byte[] DrawPng(string text)
    {
        using var code = Generate(text);
        using var drawing = new PngByteQRCode(code);
        var modules = code.ModuleMatrix.Count;
        return drawing.GetGraphic((SmallestWidth + modules - 1) / modules, Black, White, drawQuietZones: true);
    }

    private static QRCodeData Generate(string text)
    {
        ArgumentException.ThrowIfNullOrEmpty(text);
        var size = System.Text.Encoding.UTF8.GetByteCount(text);
        return size <= MaxTextBytes
            ? QRCodeGenerator.GenerateQrCode(text, Level)
            : throw new ArgumentException($"A QR code holds at most {MaxTextBytes} bytes here; the text has {size}.", nameof(text));
    }
}
