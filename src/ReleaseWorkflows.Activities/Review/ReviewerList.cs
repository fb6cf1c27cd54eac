namespace ReleaseWorkflows.Activities.Review;

/// <summary>Reads the reviewers that a definition names: e-mail addresses with commas, semicolons or line breaks between them.</summary>
internal static class ReviewerList
{
    /// <summary>The addresses, each once; empty for every reviewer of the app.</summary>
    public static IReadOnlyList<string> Read(string? text) =>
        [.. (text ?? "").Split([',', ';', '\n'], StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Distinct(StringComparer.OrdinalIgnoreCase)];
}
