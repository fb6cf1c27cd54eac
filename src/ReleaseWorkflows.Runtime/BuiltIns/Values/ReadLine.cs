using System.Runtime.CompilerServices;
using Elsa.Expressions.Models;
using Elsa.Extensions;
using Elsa.Workflows.Attributes;

namespace Elsa.Workflows.Activities
{
    /// <summary>
    /// Reads a line from the console. Definitions know it only if the host adds it: it keeps the unit of work open while somebody types, so it is for
    /// programs with a console that run workflows in memory. A server waits with an event or a task instead.
    /// </summary>
    [Activity("Elsa", "Console", "Read a line of text from the console.", DisplayName = "Read Line")]
    public class ReadLine : CodeActivity<string>
    {
        /// <summary>Creates the activity.</summary>
        public ReadLine([CallerFilePath] string? source = null, [CallerLineNumber] int? line = null)
            : base(source, line)
        {
        }

        /// <summary>Creates the activity with a place for the line.</summary>
        public ReadLine(MemoryBlockReference output, [CallerFilePath] string? source = null, [CallerLineNumber] int? line = null)
            : base(output, source, line)
        {
        }

        /// <inheritdoc />
        protected override async ValueTask ExecuteAsync(ActivityExecutionContext context)
        {
            var reader = context.GetService<IStandardInStreamProvider>()?.GetTextReader() ?? Console.In;
            context.SetResult(await reader.ReadLineAsync(context.CancellationToken));
        }
    }
}

namespace Elsa.Workflows
{
    /// <summary>Where <see cref="Activities.ReadLine"/> reads from.</summary>
    public interface IStandardInStreamProvider
    {
        /// <summary>The reader.</summary>
        TextReader GetTextReader();
    }
}
