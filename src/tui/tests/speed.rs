//! Drawing reads only the rows that are visible.

use super::stage::*;
use crate::domain::catalog::Catalog;

#[test]
fn a_list_of_fifty_thousand_shows_as_few_rows_as_a_list_of_fifty() {
    let mut stage = Stage::signed_in();
    let mut catalog = Catalog::default();
    let accounts: Vec<_> = (0..16_667).map(|at| account(&format!("{at:012}"), &format!("account-{at:05}"))).collect();
    let ids: Vec<_> = accounts.iter().map(|account| account.id.clone()).collect();
    catalog.take_accounts(accounts, start());
    for (entry, _) in catalog.entries.iter_mut().zip(&ids) {
        entry.roles = crate::domain::catalog::Roles::Listed { at: start(), names: roles() };
    }
    stage.model.sessions[0].catalog = catalog;
    let mut stage = stage.keys("<End>");
    let list = &stage.model.sessions[0].roles;
    assert_eq!(list.total(), 50_001);
    assert_eq!(list.visible(10).count(), 10);
    assert!(stage.screen().contains("account-16666"));
}
