namespace ReleaseWorkflows.Server.Hosting;

/// <summary>
/// Outside Development each line of the log is a JSON object with the ids of trace and span (<c>TraceId</c>), so that what belongs to one request can be
/// found, also what was done for it later. <c>Logging:Console:FormatterName</c> chooses another form.
/// </summary>
internal static class StructuredLogs
{
    private const string FormSetting = "Logging:Console:FormatterName";

    /// <summary>Sets the form of the log.</summary>
    public static void AddStructuredLogs(this WebApplicationBuilder builder)
    {
        if (!builder.Environment.IsDevelopment() && builder.Configuration[FormSetting] is null)
        {
            builder.Logging.AddJsonConsole(console =>
            {
                console.IncludeScopes = true;
                console.UseUtcTimestamp = true;
                console.TimestampFormat = "yyyy-MM-ddTHH:mm:ss.fffZ";
            });
        }
    }
}
