namespace ReleaseWorkflows.Client;

/// <summary>What the program finds around it; in tests something else.</summary>
/// <param name="Out">Where results go: what a script reads.</param>
/// <param name="Error">Where progress and complaints go: what a person reads.</param>
/// <param name="Environment">Environment variables by name; null if there is none.</param>
/// <param name="Clock">The clock.</param>
internal sealed record Surroundings(TextWriter Out, TextWriter Error, Func<string, string?> Environment, TimeProvider Clock)
{
    /// <summary>Those of this process.</summary>
    public static Surroundings OfThisProcess() =>
        new(Console.Out, Console.Error, System.Environment.GetEnvironmentVariable, TimeProvider.System);
}
