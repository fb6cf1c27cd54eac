using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using ReleaseWorkflows.Domain.Outbox;
using ReleaseWorkflows.Persistence.Commits;
using ReleaseWorkflows.Persistence.Database;
using ReleaseWorkflows.Runtime.AspNetCore.Email;
using ReleaseWorkflows.Server.Hosting;
using ReleaseWorkflows.Server.Maintenance;
using ReleaseWorkflows.Server.Outbox;

namespace ReleaseWorkflows.Faults.Tests.Processes;

/// <summary>The product's server as a process of its own, put together as always, with a hand at the places where it is to die or to fail.</summary>
internal static class FaultyServer
{
    /// <summary>Ticks that the clock of the process goes wrong by; negative: behind.</summary>
    public const string ClockVariable = "RELEASEWORKFLOWS_TEST_CLOCK";

    public static async Task<int> RunAsync(string[] args)
    {
        DieWithParent();
        try
        {
            if (MaintenanceCommands.Are(args))
                return await MaintenanceCommands.RunAsync(args, AddFaults);

            await using var server = ReleaseWorkflowsServer.Build(args, AddFaults);
            await server.PrepareAsync();
            await server.RunAsync();
            return 0;
        }
        catch (Exception exception) when (exception is OptionsValidationException or DatabaseUnavailableException or StartException)
        {
            await Console.Error.WriteLineAsync($"ReleaseWorkflows did not start. {exception.Message}");
            return 1;
        }
    }

    private static void AddFaults(WebApplicationBuilder builder)
    {
        var kill = KillSwitch.FromEnvironment();
        var services = builder.Services;
        services.AddSingleton<CommitProbe>(new FaultProbe(kill, FaultProbe.FromEnvironment()));
        services.AddSingleton<IStartupFilter>(new DieAfterReply(kill));
        if (Environment.GetEnvironmentVariable(ClockVariable) is { Length: > 0 } ticks)
            services.AddSingleton<TimeProvider>(new WrongClock(TimeSpan.FromTicks(long.Parse(ticks, System.Globalization.CultureInfo.InvariantCulture))));
        Decorate<IEmailTransport>(services, transport => new DieAroundMail(transport, kill));
        Decorate<IOutboxHandler>(services, handler => new DieAfterWork(handler, kill));
    }

    // A test run that is stopped leaves no server behind.
    private static void DieWithParent() => new Thread(() =>
    {
        while (Console.In.Read() >= 0)
        {
        }
        Environment.Exit(3);
    })
    { IsBackground = true }.Start();

    private static void Decorate<T>(IServiceCollection services, Func<T, T> decorate)
        where T : class
    {
        for (var i = 0; i < services.Count; i++)
        {
            if (services[i] is not { IsKeyedService: false, Lifetime: ServiceLifetime.Singleton } original || original.ServiceType != typeof(T))
                continue;
            services[i] = ServiceDescriptor.Singleton(provider => decorate(original.ImplementationInstance as T
                ?? (T)(original.ImplementationFactory?.Invoke(provider) ?? ActivatorUtilities.CreateInstance(provider, original.ImplementationType!))));
        }
    }

    private sealed class DieAfterReply(KillSwitch kill) : IStartupFilter
    {
        public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
        {
            app.Use((context, rest) =>
            {
                context.Response.OnCompleted(() =>
                {
                    kill.Reached("after-reply");
                    return Task.CompletedTask;
                });
                return rest(context);
            });
            next(app);
        };
    }

    private sealed class DieAroundMail(IEmailTransport transport, KillSwitch kill) : IEmailTransport
    {
        public async Task SendAsync(EmailLetter letter, string messageId, CancellationToken cancellationToken)
        {
            kill.Reached("before-mail");
            await transport.SendAsync(letter, messageId, cancellationToken);
            kill.Reached("mail-accepted");
        }
    }

    private sealed class DieAfterWork(IOutboxHandler handler, KillSwitch kill) : IOutboxHandler
    {
        public string Kind => handler.Kind;

        public int MostAttempts => handler.MostAttempts;

        public string? AddresseeOf(OutboxMessage message) => handler.AddresseeOf(message);

        public async Task<OutboxCompletion?> HandleAsync(OutboxMessage message, CancellationToken cancellationToken)
        {
            var completion = await handler.HandleAsync(message, cancellationToken);
            kill.Reached("after-work");
            return completion;
        }

        public OutboxCompletion? GiveUp(OutboxMessage message, Exception lastError) => handler.GiveUp(message, lastError);
    }

    private sealed class WrongClock(TimeSpan wrongBy) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + wrongBy;
    }
}
