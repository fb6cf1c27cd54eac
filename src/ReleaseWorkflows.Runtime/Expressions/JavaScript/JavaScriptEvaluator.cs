using Microsoft.Extensions.Options;

namespace ReleaseWorkflows.Runtime.Expressions.JavaScript;

/// <summary>
/// Evaluates scripts: parse (or take from the cache), run in a new engine within the bounds, hand back the result.
/// </summary>
/// <remarks>One per process, safe for concurrent use. Nothing survives from one evaluation to the next but the parsed text.</remarks>
internal sealed class JavaScriptEvaluator
{
    private readonly JavaScriptOptions _options;
    private readonly ScriptCache _cache;
    private readonly IScriptGlobals _builtIns;

    public JavaScriptEvaluator(IOptions<JavaScriptOptions> options, TimeProvider clock)
    {
        _options = options.Value;
        _cache = new ScriptCache(_options.CachedScripts, text => ScriptParser.Parse(text, _options.MaxScriptLength));
        _builtIns = new BuiltInGlobals(clock);
    }

    /// <summary>Number of parsed scripts held at the moment.</summary>
    public int CachedScripts => _cache.Count;

    /// <summary>What keeps a script from being read, with line and column; null if nothing does.</summary>
    public string? FindError(string script)
    {
        if (string.IsNullOrWhiteSpace(script))
            return null;

        try
        {
            _cache.Get(script);
            return null;
        }
        catch (ScriptException exception)
        {
            return exception.Message;
        }
    }

    /// <summary>Evaluates a script.</summary>
    /// <param name="script">One expression, statements whose last value is the result, or statements with a <c>return</c>.</param>
    /// <param name="globals">What the script can use beside the built-in functions; wins over those.</param>
    /// <param name="cancellationToken">Ends the evaluation early.</param>
    /// <exception cref="ScriptException">The script cannot be parsed, failed, or reached a bound.</exception>
    public object? Evaluate(string script, IScriptGlobals? globals, CancellationToken cancellationToken) =>
        ScriptRun.Evaluate(_cache.Get(script), _options, globals is null ? [_builtIns] : [globals, _builtIns], cancellationToken);
}
