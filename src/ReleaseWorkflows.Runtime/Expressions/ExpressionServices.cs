using Elsa.Expressions.Contracts;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using ReleaseWorkflows.Runtime.Expressions.JavaScript;
using ReleaseWorkflows.Runtime.Expressions.Liquid;

namespace ReleaseWorkflows.Runtime.Expressions;

/// <summary>Registers everything expressions need.</summary>
public static class ExpressionServices
{
    /// <summary>
    /// Adds the evaluator, the syntaxes <c>Literal</c>, <c>Object</c>, <c>Variable</c>, <c>Input</c>, <c>Delegate</c>, <c>JavaScript</c> and <c>Liquid</c>, and the
    /// <see cref="TypeAliases"/>. Calling it twice changes nothing. Another <see cref="IExpressionHandler"/> registered as a singleton adds a
    /// syntax, or replaces the one with the same name.
    /// </summary>
    /// <param name="services">The services of the host.</param>
    /// <param name="configureJavaScript">Sets the bounds of scripts; checked when the host starts.</param>
    public static IServiceCollection AddWorkflowExpressions(
        this IServiceCollection services, Action<JavaScriptOptions>? configureJavaScript = null)
    {
        services.AddOptions<JavaScriptOptions>().ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<JavaScriptOptions>, JavaScriptOptionsValidation>());
        if (configureJavaScript is not null)
            services.Configure(configureJavaScript);

        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton(provider =>
        {
            var aliases = new TypeAliases();
            foreach (var registration in provider.GetServices<TypeAliasRegistration>())
                aliases.Register(registration.Type, registration.Alias);
            return aliases;
        });
        services.TryAddSingleton<IExpressionEvaluator, ExpressionEvaluator>();
        services.TryAddSingleton<JavaScriptEvaluator>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IExpressionHandler, LiteralExpressionHandler>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IExpressionHandler, ObjectExpressionHandler>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IExpressionHandler, JsonExpressionHandler>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IExpressionHandler, VariableExpressionHandler>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IExpressionHandler, InputExpressionHandler>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IExpressionHandler, DelegateExpressionHandler>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IExpressionHandler, JavaScriptExpressionHandler>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IExpressionHandler, LiquidExpressionHandler>());
        return services;
    }

    /// <summary>Makes a type known to definitions by a name; see <see cref="TypeAliases"/>.</summary>
    /// <typeparam name="T">The type.</typeparam>
    /// <param name="services">The services of the host.</param>
    /// <param name="alias">Its name in definitions.</param>
    public static IServiceCollection AddWorkflowTypeAlias<T>(this IServiceCollection services, string alias) =>
        services.AddSingleton(new TypeAliasRegistration(typeof(T), alias));

    private sealed record TypeAliasRegistration(Type Type, string Alias);
}
