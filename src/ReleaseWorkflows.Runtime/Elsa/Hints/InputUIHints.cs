namespace Elsa.Workflows.UIHints;

/// <summary>Names of the editors that Studio has for inputs.</summary>
public static class InputUIHints
{
    /// <summary>A check box.</summary>
    public const string Checkbox = "checkbox";

    /// <summary>A list of check boxes.</summary>
    public const string CheckList = "checklist";

    /// <summary>An editor for code.</summary>
    public const string CodeEditor = "code-editor";

    /// <summary>A table of keys and values.</summary>
    public const string Dictionary = "dictionary";

    /// <summary>A date and time picker.</summary>
    public const string DateTimePicker = "datetime-picker";

    /// <summary>A drop-down list.</summary>
    public const string DropDown = "dropdown";

    /// <summary>A list of outcomes.</summary>
    public const string DynamicOutcomes = "dynamic-outcomes";

    /// <summary>An editor for an expression.</summary>
    public const string ExpressionEditor = "expression-editor";

    /// <summary>An editor for JSON.</summary>
    public const string JsonEditor = "json-editor";

    /// <summary>Several lines of text.</summary>
    public const string MultiLine = "multiline";

    /// <summary>Several short texts.</summary>
    public const string MultiText = "multitext";

    /// <summary>A picker of outputs.</summary>
    public const string OutputPicker = "output-picker";

    /// <summary>A picker of outcomes.</summary>
    public const string OutcomePicker = "outcome-picker";

    /// <summary>A list of radio buttons.</summary>
    public const string RadioList = "radiolist";

    /// <summary>One line of text.</summary>
    public const string SingleLine = "singleline";

    /// <summary>A picker of types.</summary>
    public const string TypePicker = "type-picker";

    /// <summary>A picker of variables.</summary>
    public const string VariablePicker = "variable-picker";

    /// <summary>A picker of inputs.</summary>
    public const string InputPicker = "input-picker";

    /// <summary>A picker of workflow definitions.</summary>
    public const string WorkflowDefinitionPicker = "workflow-definition-picker";
}
