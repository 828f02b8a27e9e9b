package contract

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"path"
	"slices"

	"demailbench/features/sut/jsonschema"
)

// load reads and joins schemas and descriptions.
func load() (*loaded, error) {
	b := &loaded{byName: map[string]Operation{}}
	docs := map[string][]byte{}
	for _, name := range SchemaFiles() {
		data, err := Schema(name)
		if err != nil {
			return nil, err
		}
		docs[name] = data
	}
	var err error
	if b.schemas, err = jsonschema.Compile(docs); err != nil {
		return nil, err
	}
	if b.as, err = b.schemas.Schema("common.json#/$defs/as"); err != nil {
		return nil, err
	}
	if b.refusal, err = b.schemas.Schema("common.json#/$defs/refusal"); err != nil {
		return nil, err
	}
	return b, b.readGroups()
}

func (b *loaded) readGroups() error {
	entries, err := files.ReadDir("operations")
	if err != nil {
		return err
	}
	for _, e := range entries {
		data, err := files.ReadFile(path.Join("operations", e.Name()))
		if err != nil {
			return err
		}
		var g Group
		d := json.NewDecoder(bytes.NewReader(data))
		d.DisallowUnknownFields()
		if err := d.Decode(&g); err != nil {
			return fmt.Errorf("operations/%s: %w", e.Name(), err)
		}
		if g.Name+".json" != e.Name() {
			return fmt.Errorf("operations/%s: group is %q", e.Name(), g.Name)
		}
		if err := b.join(&g); err != nil {
			return err
		}
		b.groups = append(b.groups, g)
	}
	slices.SortFunc(b.groups, func(a, c Group) int { return cmp.Compare(a.Order, c.Order) })
	return nil
}

// join gives the operations of a group their schemas.
func (b *loaded) join(g *Group) error {
	for i := range g.Operations {
		o := &g.Operations[i]
		o.Group = g.Name
		if _, twice := b.byName[o.Name]; twice {
			return fmt.Errorf("operation %s is described twice", o.Name)
		}
		var err error
		if o.args, err = b.schemas.Schema(g.Name + ".json#/$defs/" + o.Name + ".args"); err != nil {
			return err
		}
		if o.result, err = b.schemas.Schema(g.Name + ".json#/$defs/" + o.Name + ".result"); err != nil {
			return err
		}
		b.byName[o.Name] = *o
	}
	return nil
}
