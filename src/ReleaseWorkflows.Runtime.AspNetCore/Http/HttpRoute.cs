using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Patterns;
using Microsoft.AspNetCore.Routing.Template;

namespace ReleaseWorkflows.Runtime.AspNetCore.Http;

/// <summary>The address of an endpoint as a route template, matched the way ASP.NET Core matches its own.</summary>
internal sealed class HttpRoute
{
    private readonly TemplateMatcher _matcher;
    private readonly (string Parameter, IRouteConstraint Constraint)[] _constraints;

    private HttpRoute(string path, RoutePattern pattern, IInlineConstraintResolver? constraints)
    {
        Path = path;
        var template = new RouteTemplate(pattern);
        Precedence = RoutePrecedence.ComputeInbound(template);
        HasParameters = pattern.Parameters.Count > 0;
        _matcher = new TemplateMatcher(template, Defaults(pattern));
        _constraints = constraints is null
            ? []
            : [.. from parameter in template.Parameters
                  from constraint in parameter.InlineConstraints
                  select (parameter.Name!, Resolve(constraints, constraint.Constraint))];
    }

    /// <summary>The address in the form that is hashed.</summary>
    public string Path { get; }

    /// <summary>The smaller, the more specific.</summary>
    public decimal Precedence { get; }

    /// <summary>True if the address has parameters, so that many addresses match.</summary>
    public bool HasParameters { get; }

    /// <summary>The address in the form that is hashed: lower case, a slash before, none behind.</summary>
    public static string Normalize(string? path) => "/" + Trim(path).ToLowerInvariant();

    /// <summary>The address without slashes around it.</summary>
    public static string Trim(string? path) => (path ?? "").Trim().Trim('/');

    /// <summary>Reads a template.</summary>
    /// <remarks>Throws a <c>RoutePatternException</c> if the template is malformed.</remarks>
    /// <exception cref="InvalidOperationException">A constraint is unknown.</exception>
    public static HttpRoute Parse(string template, IInlineConstraintResolver? constraints) =>
        new(Normalize(template), RoutePatternFactory.Parse(Trim(template)), constraints);

    /// <summary>The parameters of an address, by the names its template gives them; null if it does not match.</summary>
    public static Dictionary<string, object>? Match(string? template, string path)
    {
        try
        {
            return Parse(template ?? "", null).Match(path, null);
        }
        catch (RoutePatternException)
        {
            return null;
        }
    }

    /// <summary>The parameters of an address; null if it does not match.</summary>
    public Dictionary<string, object>? Match(string path, HttpContext? context)
    {
        var values = new RouteValueDictionary();
        if (!_matcher.TryMatch(path, values))
            return null;
        foreach (var (parameter, constraint) in _constraints)
        {
            if (values.ContainsKey(parameter) && !constraint.Match(context, null, parameter, values, RouteDirection.IncomingRequest))
                return null;
        }

        return values.Where(value => value.Value is not null).ToDictionary(value => value.Key, value => value.Value!, StringComparer.Ordinal);
    }

    private static RouteValueDictionary Defaults(RoutePattern pattern) => new(pattern.Defaults);

    private static IRouteConstraint Resolve(IInlineConstraintResolver constraints, string constraint) =>
        constraints.ResolveConstraint(constraint)
        ?? throw new InvalidOperationException($"The constraint '{constraint}' is not known.");
}
