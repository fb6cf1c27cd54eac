using ReleaseWorkflows.Server.Demo;

namespace ReleaseWorkflows.Server.Hosting;

/// <summary>What the operator reads when the server is up.</summary>
internal static class StartMessage
{
    /// <summary>Writes it to the console.</summary>
    public static void Write(WebApplication app)
    {
        var console = app.Services.GetRequiredService<TextWriter>();
        var data = app.Services.GetRequiredService<DataFolder>();
        console.WriteLine($"ReleaseWorkflows listens on {string.Join(", ", app.Urls)} ({app.Environment.EnvironmentName}). Stop it with Ctrl+C.");
        console.WriteLine($"  Data:  {data.Path}");
        if (File.Exists(data.Combine(DemoData.AccessFile)))
        {
            console.WriteLine($"  Demo:  {data.Combine(DemoData.AccessFile)} holds the e-mail addresses, passwords and API keys to try it with.");
        }
        else if (!app.Environment.IsDevelopment())
        {
            console.WriteLine("  First time here? Stop it and run create-admin --email <address> --name <name> to make the first administrator.");
        }
    }
}
