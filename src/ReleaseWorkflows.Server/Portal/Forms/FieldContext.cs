namespace ReleaseWorkflows.Server.Portal.Forms;

/// <summary>What an input within a <see cref="Field"/> carries.</summary>
/// <param name="Id">Its <c>id</c>, which the label points to.</param>
/// <param name="Name">Its <c>name</c>.</param>
/// <param name="Value">What was typed, else what stands there.</param>
/// <param name="DescribedBy">Its <c>aria-describedby</c>.</param>
/// <param name="IsWrong">True if an error stands beside it.</param>
public sealed record FieldContext(string Id, string Name, string? Value, string? DescribedBy, bool IsWrong)
{
    /// <summary>Its <c>aria-invalid</c>.</summary>
    public string? Invalid => IsWrong ? "true" : null;

    /// <summary>The class of an input of the kit, marked if it is wrong.</summary>
    public string Class(string kind = "form-control") => IsWrong ? kind + " is-invalid" : kind;

    /// <summary>The <c>id</c> of a field of a form, unique on the page as long as forms are.</summary>
    public static string IdOf(FormScope form, string field) => $"{form.Id}-{field.Replace('.', '-').Replace('[', '-').Replace("]", "", StringComparison.Ordinal)}";
}

/// <summary>The form that a field stands in.</summary>
/// <param name="name">The form's name.</param>
/// <param name="id">What the ids of its fields begin with.</param>
public sealed class FormScope(string name, string id)
{
    /// <summary>The form's name.</summary>
    public string Name => name;

    /// <summary>What the ids of its fields begin with.</summary>
    public string Id => id;
}

/// <summary>One of several things to choose from.</summary>
/// <param name="Value">What is sent.</param>
/// <param name="Label">What people read.</param>
/// <param name="Hint">What it means; shown by <see cref="ChoiceField"/>.</param>
/// <param name="Unavailable">Why it cannot be chosen; null if it can.</param>
public sealed record FieldOption(string Value, string Label, string? Hint = null, string? Unavailable = null);
