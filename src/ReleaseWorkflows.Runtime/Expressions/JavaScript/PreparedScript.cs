using System.Collections.Frozen;
using Jint.Parser.Ast;

namespace ReleaseWorkflows.Runtime.Expressions.JavaScript;

/// <summary>
/// A parsed script that any number of evaluations share at the same time: nothing in its tree is written to while it runs.
/// </summary>
/// <param name="Program">The tree, with checkpoints added to loops and functions.</param>
/// <param name="Names">
/// Every name the script mentions: variables, functions, members. Only globals among them have to be supplied, which keeps a simple
/// expression cheap.
/// </param>
/// <param name="UsesComputedMembers">True if the script reaches members by names that are only known when it runs.</param>
internal sealed record PreparedScript(Program Program, FrozenSet<string> Names, bool UsesComputedMembers)
{
    /// <summary>True if the script may reach a member of this name.</summary>
    public bool MayReach(string name) => UsesComputedMembers || Names.Contains(name);
}
