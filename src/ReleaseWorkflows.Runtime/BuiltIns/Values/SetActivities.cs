using System.ComponentModel.DataAnnotations;
using System.Runtime.CompilerServices;
using Elsa.Expressions.Models;
using Elsa.Extensions;
using Elsa.Workflows.Activities;
using Elsa.Workflows.Attributes;
using Elsa.Workflows.Memory;
using Elsa.Workflows.Models;
using Elsa.Workflows.UIHints;
using ReleaseWorkflows.Runtime.Execution;

namespace Elsa.Workflows.Activities
{
    /// <summary>Sets a variable.</summary>
    [Activity("Elsa", "Primitives", "Assign a workflow variable a value.", DisplayName = "Set Variable")]
    public class SetVariable : CodeActivity
    {
        /// <summary>Creates the activity.</summary>
        public SetVariable([CallerFilePath] string? source = null, [CallerLineNumber] int? line = null)
            : base(source, line)
        {
        }

        /// <summary>Creates the activity with a variable and its value.</summary>
        public SetVariable(
            Variable variable, Input<object?> value, [CallerFilePath] string? source = null, [CallerLineNumber] int? line = null)
            : this(source, line)
        {
            Variable = variable;
            Value = value;
        }

        /// <summary>Creates the activity with a variable and another one that has its value.</summary>
        public SetVariable(Variable variable, Variable value, [CallerFilePath] string? source = null, [CallerLineNumber] int? line = null)
            : this(variable, new Input<object?>(value), source, line)
        {
        }

        /// <summary>The variable.</summary>
        [Required]
        [Input(Description = "The variable to assign the value to.", UIHint = InputUIHints.VariablePicker)]
        public Variable Variable { get; set; } = null!;

        /// <summary>Its new value.</summary>
        [Input(Description = "The value to assign.")]
        public Input<object?> Value { get; set; } = new(default(object));

        /// <inheritdoc />
        protected override void Execute(ActivityExecutionContext context)
        {
            var value = context.Get(Value);

            // The variable is named by id; a file edited by hand may know it by its name only.
            if (context.ExpressionExecutionContext.TryGetBlock(Variable, out _))
                context.Set(Variable, value);
            else
                context.SetVariable(Variable.Name, value);
        }
    }

    /// <summary>Sets a variable of a known type.</summary>
    /// <typeparam name="T">Type of the variable.</typeparam>
    public class SetVariable<T> : CodeActivity
    {
        /// <summary>Creates the activity.</summary>
        public SetVariable([CallerFilePath] string? source = null, [CallerLineNumber] int? line = null)
            : base(source, line)
        {
        }

        /// <summary>Creates the activity with a variable and its value.</summary>
        public SetVariable(
            Variable<T> variable, Input<T> value, [CallerFilePath] string? source = null, [CallerLineNumber] int? line = null)
            : this(source, line)
        {
            Variable = variable;
            Value = value;
        }

        /// <summary>Creates the activity with a variable and its value.</summary>
        public SetVariable(Variable<T> variable, T value, [CallerFilePath] string? source = null, [CallerLineNumber] int? line = null)
            : this(variable, new Input<T>(value), source, line)
        {
        }

        /// <summary>Creates the activity with a variable and another one that has its value.</summary>
        public SetVariable(Variable<T> variable, Variable<T> value, [CallerFilePath] string? source = null, [CallerLineNumber] int? line = null)
            : this(variable, new Input<T>(value), source, line)
        {
        }

        /// <summary>Creates the activity with a variable and code that computes its value.</summary>
        public SetVariable(Variable<T> variable, Func<T> value, [CallerFilePath] string? source = null, [CallerLineNumber] int? line = null)
            : this(variable, new Input<T>(value), source, line)
        {
        }

        /// <summary>Creates the activity with a variable and code that computes its value.</summary>
        public SetVariable(
            Variable<T> variable,
            Func<ExpressionExecutionContext, T> value,
            [CallerFilePath] string? source = null,
            [CallerLineNumber] int? line = null)
            : this(variable, new Input<T>(value), source, line)
        {
        }

        /// <summary>The variable.</summary>
        public Variable<T> Variable { get; set; } = null!;

        /// <summary>Its new value.</summary>
        public Input<T> Value { get; set; } = null!;

        /// <inheritdoc />
        protected override void Execute(ActivityExecutionContext context) => context.Set(Variable, context.Get(Value));
    }

    /// <summary>Names the instance.</summary>
    [Activity("Elsa", "Primitives", "Set the name of the workflow instance to a specified value.", DisplayName = "Set Name")]
    public class SetName : CodeActivity
    {
        /// <summary>Creates the activity.</summary>
        public SetName([CallerFilePath] string? source = null, [CallerLineNumber] int? line = null)
            : base(source, line)
        {
        }

        /// <summary>Creates the activity with a name.</summary>
        [OverloadResolutionPriority(1)]
        public SetName(string value, [CallerFilePath] string? source = null, [CallerLineNumber] int? line = null)
            : this(new Input<string>(value), source, line)
        {
        }

        /// <summary>Creates the activity with a name that code computes.</summary>
        public SetName(Func<string> value, [CallerFilePath] string? source = null, [CallerLineNumber] int? line = null)
            : this(new Input<string>(value), source, line)
        {
        }

        /// <summary>Creates the activity with a name that code computes.</summary>
        public SetName(
            Func<ExpressionExecutionContext, string?> value, [CallerFilePath] string? source = null, [CallerLineNumber] int? line = null)
            : this(new Input<string>(context => value(context)!), source, line)
        {
        }

        /// <summary>Creates the activity with a name from a variable.</summary>
        public SetName(Variable<string> value, [CallerFilePath] string? source = null, [CallerLineNumber] int? line = null)
            : this(new Input<string>(value), source, line)
        {
        }

        /// <summary>Creates the activity with a name.</summary>
        public SetName(Literal<string> value, [CallerFilePath] string? source = null, [CallerLineNumber] int? line = null)
            : this(new Input<string>(value), source, line)
        {
        }

        /// <summary>Creates the activity with a name.</summary>
        public SetName(Input<string> value, [CallerFilePath] string? source = null, [CallerLineNumber] int? line = null)
            : this(source, line) => Value = value;

        /// <summary>The name.</summary>
        [Input(Description = "The value to set as the workflow instance's name.")]
        public Input<string> Value { get; set; } = null!;

        /// <inheritdoc />
        protected override void Execute(ActivityExecutionContext context) =>
            context.WorkflowExecutionContext.Name = Value.GetOrDefault(context);
    }

    /// <summary>Sets the correlation id of the instance.</summary>
    [Activity("Elsa", "Primitives", "Set the CorrelationId of the workflow to a given value.")]
    public class Correlate : CodeActivity
    {
        /// <summary>Creates the activity.</summary>
        public Correlate([CallerFilePath] string? source = null, [CallerLineNumber] int? line = null)
            : base(source, line)
        {
        }

        /// <summary>Creates the activity with a correlation id.</summary>
        [OverloadResolutionPriority(1)]
        public Correlate(string correlationId, [CallerFilePath] string? source = null, [CallerLineNumber] int? line = null)
            : this(new Input<string>(correlationId), source, line)
        {
        }

        /// <summary>Creates the activity with a correlation id that code computes.</summary>
        public Correlate(Func<string> correlationId, [CallerFilePath] string? source = null, [CallerLineNumber] int? line = null)
            : this(new Input<string>(correlationId), source, line)
        {
        }

        /// <summary>Creates the activity with a correlation id that code computes.</summary>
        public Correlate(
            Func<ExpressionExecutionContext, string?> correlationId, [CallerFilePath] string? source = null, [CallerLineNumber] int? line = null)
            : this(new Input<string>(context => correlationId(context)!), source, line)
        {
        }

        /// <summary>Creates the activity with a correlation id from a variable.</summary>
        public Correlate(Variable<string> correlationId, [CallerFilePath] string? source = null, [CallerLineNumber] int? line = null)
            : this(new Input<string>(correlationId), source, line)
        {
        }

        /// <summary>Creates the activity with a correlation id.</summary>
        public Correlate(Literal<string> correlationId, [CallerFilePath] string? source = null, [CallerLineNumber] int? line = null)
            : this(new Input<string>(correlationId), source, line)
        {
        }

        /// <summary>Creates the activity with a correlation id.</summary>
        public Correlate(Input<string> correlationId, [CallerFilePath] string? source = null, [CallerLineNumber] int? line = null)
            : this(source, line) => CorrelationId = correlationId;

        /// <summary>The correlation id.</summary>
        [Input(Description = "An expression that evaluates to the value to store as the correlation id.")]
        public Input<string> CorrelationId { get; set; } = null!;

        /// <inheritdoc />
        protected override void Execute(ActivityExecutionContext context) =>
            context.WorkflowExecutionContext.CorrelationId = CorrelationId.GetOrDefault(context);
    }

    /// <summary>Writes a line to the console.</summary>
    [Activity("Elsa", "Console", "Write a line of text to the console.", DisplayName = "Write Line")]
    public class WriteLine : CodeActivity
    {
        /// <summary>Creates the activity.</summary>
        public WriteLine([CallerFilePath] string? source = null, [CallerLineNumber] int? line = null)
            : base(source, line)
        {
        }

        /// <summary>Creates the activity with a text.</summary>
        [OverloadResolutionPriority(1)]
        public WriteLine(string text, [CallerFilePath] string? source = null, [CallerLineNumber] int? line = null)
            : this(new Input<string>(text), source, line)
        {
        }

        /// <summary>Creates the activity with a text that code computes.</summary>
        public WriteLine(Func<string> text, [CallerFilePath] string? source = null, [CallerLineNumber] int? line = null)
            : this(new Input<string>(text), source, line)
        {
        }

        /// <summary>Creates the activity with a text that code computes.</summary>
        public WriteLine(
            Func<ExpressionExecutionContext, string?> text, [CallerFilePath] string? source = null, [CallerLineNumber] int? line = null)
            : this(new Input<string>(context => text(context)!), source, line)
        {
        }

        /// <summary>Creates the activity with a text from a variable.</summary>
        public WriteLine(Variable<string> text, [CallerFilePath] string? source = null, [CallerLineNumber] int? line = null)
            : this(new Input<string>(text), source, line)
        {
        }

        /// <summary>Creates the activity with a text.</summary>
        public WriteLine(Literal<string> text, [CallerFilePath] string? source = null, [CallerLineNumber] int? line = null)
            : this(new Input<string>(text), source, line)
        {
        }

        /// <summary>Creates the activity with a text.</summary>
        public WriteLine(Input<string> text, [CallerFilePath] string? source = null, [CallerLineNumber] int? line = null)
            : this(source, line) => Text = text;

        /// <summary>The text.</summary>
        [Input(Description = "The text to write.")]
        public Input<string> Text { get; set; } = null!;

        /// <inheritdoc />
        protected override void Execute(ActivityExecutionContext context) =>
            (context.GetService<IStandardOutStreamProvider>()?.GetTextWriter() ?? Console.Out).WriteLine(Text.GetOrDefault(context));
    }
}

namespace Elsa.Workflows
{
    /// <summary>Where <see cref="WriteLine"/> writes to.</summary>
    public interface IStandardOutStreamProvider
    {
        /// <summary>The writer.</summary>
        TextWriter GetTextWriter();
    }
}

namespace Elsa.Workflows.Management.Activities.SetOutput
{
    /// <summary>Sets an output of the workflow.</summary>
    [Activity("Elsa", "Composition", "Set an output of the workflow.", DisplayName = "Set Output")]
    public class SetOutput : CodeActivity
    {
        /// <summary>Creates the activity.</summary>
        public SetOutput([CallerFilePath] string? source = null, [CallerLineNumber] int? line = null)
            : base(source, line)
        {
        }

        /// <summary>Name of the output.</summary>
        [Required]
        [Input(DisplayName = "Output", Description = "The output to assign.", UIHint = InputUIHints.OutputPicker)]
        public Input<string> OutputName { get; set; } = null!;

        /// <summary>Its value.</summary>
        [Input(Description = "The value to assign.")]
        public Input<object?> OutputValue { get; set; } = null!;

        /// <inheritdoc />
        protected override void Execute(ActivityExecutionContext context)
        {
            var workflow = context.WorkflowExecutionContext;
            var name = OutputName.Get(context);
            var value = OutputValue.GetOrDefault(context);

            // In a workflow that is used as an activity, the output is one of that activity.
            if (!WorkflowDefinitionActivity.WorkflowDefinitionActivity.TrySetOutput(context, name, value))
                workflow.Output[name] = workflow.Workflow.FindOutput(name) is { } definition ? Values.To(value, definition.Type)! : value!;
        }
    }
}
