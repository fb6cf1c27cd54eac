using ReleaseWorkflows.Client;

// Start reading in CommandLine.cs: what can be typed, and what becomes of it.
return await CommandLine.RunAsync(args, Surroundings.OfThisProcess());
