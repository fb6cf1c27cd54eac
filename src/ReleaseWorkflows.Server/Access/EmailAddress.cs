namespace ReleaseWorkflows.Server.Access;

/// <summary>Addresses for signing in. Whether mail arrives there only mail can tell; this keeps out what cannot be one.</summary>
internal static class EmailAddress
{
    /// <summary>True for <c>somebody@somewhere</c> without blanks and control characters.</summary>
    public static bool IsPlausible(string text)
    {
        var at = text.IndexOf('@', StringComparison.Ordinal);
        return at > 0 && at == text.LastIndexOf('@') && at < text.Length - 1 && !text.Any(character => char.IsWhiteSpace(character) || char.IsControl(character));
    }
}
