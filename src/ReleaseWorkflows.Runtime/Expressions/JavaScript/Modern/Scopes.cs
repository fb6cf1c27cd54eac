namespace ReleaseWorkflows.Runtime.Expressions.JavaScript.Modern;

/// <summary>A function being rewritten, or the script itself.</summary>
internal sealed class FunctionScope(FunctionScope? parent, bool isArrow)
{
    private readonly HashSet<string> _known = new(StringComparer.Ordinal);

    public FunctionScope? Parent => parent;

    /// <summary>True if this, arguments and super are those of the function around it.</summary>
    public bool IsArrow => isArrow;

    /// <summary>The variables it declares, temporary ones included.</summary>
    public List<string> Variables { get; } = [];

    /// <summary>True if an arrow inside uses its this.</summary>
    public bool KeepsThis { get; set; }

    /// <summary>True if an arrow inside uses its arguments.</summary>
    public bool KeepsArguments { get; set; }

    /// <summary>True in the constructor of a class that extends another: its this exists once super was called.</summary>
    public bool IsDerivedConstructor { get; init; }

    /// <summary>The class whose member this is.</summary>
    public ClassScope? Class { get; init; }

    /// <summary>True for static members.</summary>
    public bool IsStatic { get; init; }

    /// <summary>The function whose this is used here.</summary>
    public FunctionScope Owner => isArrow && parent is not null ? parent.Owner : this;

    public void Declare(string name)
    {
        if (_known.Add(name))
            Variables.Add(name);
    }
}

/// <summary>A class being rewritten: the hidden names of itself, its parent and its fields.</summary>
internal sealed record ClassScope(string Name, string? Parent, string? Fields);

internal enum BindingKind
{
    Variable,
    Lexical,
    Constant,
}

/// <summary>A declared name.</summary>
internal sealed class Binding(string emitted, BindingKind kind)
{
    /// <summary>The name in the rewritten script.</summary>
    public string Emitted => emitted;

    public BindingKind Kind => kind;

    /// <summary>True if a function inside uses it: then each turn of a loop needs its own.</summary>
    public bool IsCaptured { get; set; }
}

/// <summary>What is declared between two braces.</summary>
internal sealed class BlockScope(BlockScope? parent, FunctionScope function, bool isInLoop)
{
    private readonly Dictionary<string, Binding> _bindings = new(StringComparer.Ordinal);

    public BlockScope? Parent => parent;

    public FunctionScope Function => function;

    /// <summary>True if the block can run several times in one call of its function.</summary>
    public bool IsInLoop => isInLoop;

    public IReadOnlyCollection<Binding> Bindings => _bindings.Values;

    /// <summary>Declares a name; false if it is declared already and one of both is lexical.</summary>
    public bool TryDeclare(string name, string emitted, BindingKind kind)
    {
        if (_bindings.TryGetValue(name, out var existing))
            return kind is BindingKind.Variable && existing.Kind is BindingKind.Variable;
        _bindings[name] = new Binding(emitted, kind);
        return true;
    }

    /// <summary>The declaration a name refers to, or null for a global.</summary>
    public Binding? Find(string name)
    {
        for (var scope = this; scope is not null; scope = scope.Parent)
        {
            if (scope._bindings.TryGetValue(name, out var binding))
            {
                binding.IsCaptured |= scope.Function != function;
                return binding;
            }
        }

        return null;
    }
}
