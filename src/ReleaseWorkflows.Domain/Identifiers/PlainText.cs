using System.Globalization;

namespace ReleaseWorkflows.Domain.Identifiers;

/// <summary>Text from outside that people read: what looks empty counts as empty, and what makes text read as something else is kept out.</summary>
public static class PlainText
{
    /// <summary>True if nothing of the text is seen: it is null, or has only blanks, control characters and invisible characters.</summary>
    public static bool IsBlank(string? text) => text is null || text.EnumerateRunes().All(IsInvisible);

    /// <summary>
    /// True for half a character, and for characters that nobody sees but that turn, hide or split what is read. Joiners are part of words and emoji.
    /// </summary>
    /// <param name="text">The text.</param>
    /// <param name="isOneLine">True for names and the like, which hold no other invisible character either.</param>
    public static bool HasDeceptiveCharacter(string text, bool isOneLine)
    {
        for (var index = 0; index < text.Length; index++)
        {
            if (char.IsSurrogatePair(text, index))
            {
                index++;
                continue;
            }

            var character = text[index];
            if (char.IsSurrogate(character)
                || character is >= '\u202A' and <= '\u202E' or >= '\u2066' and <= '\u2069'
                || (isOneLine && CharUnicodeInfo.GetUnicodeCategory(character) is UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator
                    && character is not ('\u200C' or '\u200D')))
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsInvisible(System.Text.Rune rune) =>
        System.Text.Rune.IsWhiteSpace(rune) || System.Text.Rune.GetUnicodeCategory(rune) is UnicodeCategory.Control or UnicodeCategory.Format;
}
