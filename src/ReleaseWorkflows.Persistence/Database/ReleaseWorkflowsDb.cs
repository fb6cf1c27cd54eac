using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;
using ReleaseWorkflows.Persistence.DomainTables;
using ReleaseWorkflows.Persistence.RuntimeTables;

namespace ReleaseWorkflows.Persistence.Database;

/// <summary>
/// The schema as EF Core's model: what each table holds, its keys and indexes. It runs the migrations. Queries and writes do not pass here:
/// prepared statements do that (<see cref="SqlStatement"/>), several times faster, and without the model's start-up time.
/// </summary>
internal sealed class ReleaseWorkflowsDb(DbContextOptions<ReleaseWorkflowsDb> options) : DbContext(options)
{
    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        RuntimeSchema.Configure(modelBuilder);
        DomainSchema.Configure(modelBuilder);
        UseSnakeCase(modelBuilder.Model);
    }

    // SQL is written by hand here, so tables, columns and indexes get names that read well in SQL.
    private static void UseSnakeCase(IMutableModel model)
    {
        foreach (var entity in model.GetEntityTypes())
        {
            foreach (var property in entity.GetProperties())
            {
                property.SetColumnName(ToSnakeCase(property.Name));
                // Keys come from SQLite itself, which picks the next number for a row without one; AUTOINCREMENT would cost a page per insert.
                if (property.IsPrimaryKey())
                    property.ValueGenerated = ValueGenerated.Never;
                // EF Core first takes a property of this name for the key, and forgets that it is required when it learns otherwise.
                if (property.Name == "Id")
                    property.IsNullable = false;
            }
            foreach (var index in entity.GetIndexes())
                index.SetDatabaseName($"{(index.IsUnique ? "ux" : "ix")}_{entity.GetTableName()}_{index.Name ?? string.Join('_', index.Properties.Select(property => ToSnakeCase(property.Name)))}");
        }
    }

    private static string ToSnakeCase(string name) =>
        string.Concat(name.Select((letter, i) => i > 0 && char.IsUpper(letter) ? $"_{char.ToLowerInvariant(letter)}" : $"{char.ToLowerInvariant(letter)}"));
}
