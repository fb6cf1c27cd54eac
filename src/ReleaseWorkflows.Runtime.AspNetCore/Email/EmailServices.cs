using Elsa.Email.Activities;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using ReleaseWorkflows.Runtime.OutsideWork;

namespace ReleaseWorkflows.Runtime.AspNetCore.Email;

/// <summary>Registers e-mail.</summary>
public static class EmailServices
{
    /// <summary>Adds <see cref="IEmailTransport"/>, by the settings a mail server or a folder, and the activity <c>Elsa.SendEmail</c>.</summary>
    /// <param name="services">The services of the host.</param>
    /// <param name="configure">Sets the options; they are checked when the host starts.</param>
    public static IServiceCollection AddWorkflowEmail(this IServiceCollection services, Action<EmailOptions>? configure = null)
    {
        services.AddOptions<EmailOptions>().ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<EmailOptions>, EmailOptionsValidation>());
        if (configure is not null)
            services.Configure(configure);

        services.Configure<WorkflowRuntimeOptions>(runtime => runtime.AddActivity<SendEmail>());
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<IEmailTransport>(provider => string.IsNullOrWhiteSpace(provider.GetRequiredService<IOptions<EmailOptions>>().Value.Host)
            ? ActivatorUtilities.CreateInstance<PickupFolder>(provider)
            : ActivatorUtilities.CreateInstance<SmtpTransport>(provider));
        services.AddOutsideWorkHandler<EmailWorkHandler>();
        return services;
    }
}
