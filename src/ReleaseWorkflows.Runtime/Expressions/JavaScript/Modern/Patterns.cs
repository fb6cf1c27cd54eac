namespace ReleaseWorkflows.Runtime.Expressions.JavaScript.Modern;

/// <summary>Questions about patterns and declarations.</summary>
internal static class Patterns
{
    /// <summary>The names a pattern binds, in their order.</summary>
    public static IEnumerable<NameNode> Names(Node? pattern) => pattern switch
    {
        NameNode name => [name],
        AssignNode assignment => Names(assignment.Target),
        SpreadNode rest => Names(rest.Argument),
        ArrayNode array => array.Items.SelectMany(Names),
        ObjectNode map => map.Members.SelectMany(member => Names(member.Value)),
        _ => [],
    };

    /// <summary>
    /// The names a statement declares for the whole function: with var, and functions inside of blocks. Functions are not entered.
    /// </summary>
    public static void CollectVariables(Node? statement, bool isTop, List<(NameNode Name, bool IsFunction)> into)
    {
        switch (statement)
        {
            case DeclarationNode { Kind: DeclarationKind.Var } declaration:
                foreach (var (target, _) in declaration.Items)
                    into.AddRange(Names(target).Select(name => (name, false)));
                break;
            case FunctionDeclarationNode function:
                into.Add((function.Function.Name!, !isTop));
                break;
            case BlockNode block:
                CollectAll(block.Body);
                break;
            case IfNode branch:
                CollectVariables(branch.Then, false, into);
                CollectVariables(branch.Else, false, into);
                break;
            case ForNode loop:
                CollectVariables(loop.Init, false, into);
                CollectVariables(loop.Body, false, into);
                break;
            case ForEachNode loop:
                CollectVariables(loop.Target, false, into);
                CollectVariables(loop.Body, false, into);
                break;
            case WhileNode loop:
                CollectVariables(loop.Body, false, into);
                break;
            case DoWhileNode loop:
                CollectVariables(loop.Body, false, into);
                break;
            case LabelNode label:
                CollectVariables(label.Body, isTop, into);
                break;
            case SwitchNode choice:
                foreach (var (_, _, body) in choice.Cases)
                    CollectAll(body);
                break;
            case TryNode attempt:
                CollectVariables(attempt.Block, false, into);
                CollectVariables(attempt.Handler, false, into);
                CollectVariables(attempt.Finalizer, false, into);
                break;
        }

        void CollectAll(IReadOnlyList<Node> statements)
        {
            foreach (var inner in statements)
                CollectVariables(inner, false, into);
        }
    }
}
