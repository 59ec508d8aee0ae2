-- Every feature, written by hand in DuckDB's own dialect as a person would who knows it well: nothing is shared with the
-- declarations. The benchmark reads it beside what the declarations compile to, and refuses to compare other numbers.

CREATE OR REPLACE TEMP MACRO rounded(v, largest, scale) AS
    floor(CASE WHEN v > largest THEN largest WHEN v < -largest THEN -largest ELSE v END * scale + 0.500000001) / scale;
CREATE OR REPLACE TEMP MACRO money(v) AS rounded(v, 4e15, 1);
CREATE OR REPLACE TEMP MACRO whole(v) AS rounded(v, 1e6, 1);
CREATE OR REPLACE TEMP MACRO tenths(v) AS rounded(v, 1e6, 10);
CREATE OR REPLACE TEMP MACRO cents(v) AS rounded(v, 1e6, 100);
CREATE OR REPLACE TEMP MACRO mils(v) AS rounded(v, 1e6, 1000);
CREATE OR REPLACE TEMP MACRO fine(v) AS rounded(v, 1e6, 10000);
CREATE OR REPLACE TEMP MACRO over(a, b) AS a::double / nullif(b::double, 0);
CREATE OR REPLACE TEMP MACRO a_month(v, days) AS CASE WHEN days >= 50 THEN over(v, days) * (365 / 12) END;
CREATE OR REPLACE TEMP MACRO swing(squares, total, n) AS
    CASE WHEN n * squares / nullif(total::double * total::double, 0) < 1 THEN 0
         ELSE sqrt(n * squares / nullif(total::double * total::double, 0) - 1) END;

WITH named_accounts AS (
    SELECT case_id, counterparty_account AS account, counterparty_key AS name,
           count(*) OVER (PARTITION BY case_id, counterparty_account) > 3 AS is_shared
      FROM (SELECT DISTINCT case_id, counterparty_account, counterparty_key
              FROM bank_transactions WHERE counterparty_account <> '' AND counterparty_key <> '')
), shared_accounts AS (
    SELECT DISTINCT case_id, account, true AS is_shared FROM named_accounts WHERE is_shared
), only_accounts AS (
    SELECT case_id, name, min(account) AS number
      FROM named_accounts WHERE NOT is_shared GROUP BY case_id, name HAVING count(*) = 1
), bank_spans AS (
    SELECT case_id, min(days_before) AS newest, max(days_before) - min(days_before) + 1 AS covered,
           least((max(days_before) - min(days_before) + 11) * 12 // 365, 12) AS full_months
      FROM bank_transactions WHERE days_before < 365 GROUP BY case_id
), bank AS MATERIALIZED (
    SELECT line.case_id, days_before, category, balance_after_minor AS balance,
           CASE WHEN counterparty_account <> '' AND is_shared IS NULL THEN counterparty_account
                ELSE coalesce(number, counterparty_key) END AS party,
           category = 'customer_receipt' OR category = 'unknown' AND counterparty_key = '' AS is_customer,
           newest, covered, full_months, amount_minor AS amount, days_before - newest AS age,
           (days_before - newest) * 12 // 365 AS month,
           CASE WHEN amount_minor > 0 AND category IN ('customer_receipt', 'merchant_settlement', 'cash_in', 'unknown')
                THEN amount_minor ELSE 0 END AS earned,
           CASE WHEN amount_minor < 0 AND category NOT IN ('own_transfer', 'loan_proceeds', 'loan_repayment', 'interest')
                THEN -amount_minor ELSE 0 END AS spent
      FROM bank_transactions AS line JOIN bank_spans USING (case_id)
      LEFT JOIN shared_accounts AS shared
        ON shared.case_id = line.case_id AND shared.account = line.counterparty_account
      LEFT JOIN only_accounts AS sole ON sole.case_id = line.case_id AND sole.name = line.counterparty_key
     WHERE days_before < 365
), totals AS (
    SELECT case_id, any_value(covered) AS covered, any_value(full_months) AS full_months, any_value(newest) AS newest,
           count(*) AS entries, count(DISTINCT age) AS active_days, sum(earned) AS earned,
           count(*) FILTER (earned > 0) AS receipts, min(days_before) FILTER (earned > 0) AS last_receipt,
           coalesce(sum(earned) FILTER (age < 90), 0) AS earned_recent,
           coalesce(sum(earned) FILTER (age BETWEEN 90 AND 179), 0) AS earned_before,
           sum(spent) AS spent, sum(abs(amount)) AS moved,
           coalesce(sum(abs(amount)) FILTER (category = 'unknown'), 0) AS unknown,
           coalesce(sum(earned) FILTER (category = 'cash_in'), 0) AS cash_earned,
           coalesce(sum(earned) FILTER (category = 'merchant_settlement'), 0) AS merchant_earned,
           coalesce(sum(spent) FILTER (category = 'cash_out'), 0) AS cash_spent,
           coalesce(sum(-amount) FILTER (amount < 0 AND category IN ('loan_repayment', 'interest')), 0) AS debt_paid,
           coalesce(sum(amount) FILTER (amount > 0 AND category = 'loan_proceeds'), 0) AS borrowed,
           count(DISTINCT party) FILTER (amount < 0 AND category = 'loan_repayment') AS lenders,
           coalesce(sum(spent) FILTER (category IN ('salary', 'rent')), 0) AS fixed_costs,
           count(DISTINCT month) FILTER (amount < 0 AND category = 'interest') AS overdraft_months,
           coalesce(sum(spent) FILTER (category = 'tax'), 0) AS taxes,
           count(DISTINCT month) FILTER (amount < 0 AND category = 'tax') AS tax_months,
           coalesce(sum(-amount) FILTER (amount < 0 AND category = 'own_transfer'), 0) AS own_out
      FROM bank GROUP BY case_id
), months AS (
    SELECT case_id, count(*) FILTER (earned > 0) AS earning, count(*) FILTER (spent > earned) AS short,
           sum(earned) AS earned, max(earned) AS best, sum(earned::double * earned) AS earned_squares,
           sum(spent) AS spent, sum(spent::double * spent) AS spent_squares
      FROM (SELECT case_id, month, sum(earned) AS earned, sum(spent) AS spent
              FROM bank WHERE month < full_months GROUP BY case_id, month) GROUP BY case_id
), balances AS (
    SELECT case_id, count(*) AS days, sum(lowest) AS total, min(lowest) AS lowest, sum(lowest::double * lowest) AS squares,
           coalesce(sum(lowest) FILTER (age < 90), 0) AS recent, count(*) FILTER (age < 90) AS recent_days,
           coalesce(sum(lowest) FILTER (age BETWEEN 90 AND 179), 0) AS before,
           count(*) FILTER (age BETWEEN 90 AND 179) AS before_days, count(*) FILTER (lowest < 0) AS negative
      FROM (SELECT case_id, age, min(balance) AS lowest FROM bank WHERE balance IS NOT NULL GROUP BY case_id, age)
     GROUP BY case_id
), receipt_gaps AS (
    SELECT case_id, max(gap) AS longest
      FROM (SELECT case_id, age - lag(age) OVER (PARTITION BY case_id ORDER BY age) AS gap
              FROM (SELECT DISTINCT case_id, age FROM bank WHERE earned > 0)) GROUP BY case_id
), customers AS (
    SELECT case_id, count(*) AS parties, sum(entries) AS entries, sum(amount) AS total, max(amount) AS largest,
           sum(amount::double * amount) AS squares, coalesce(sum(amount) FILTER (months > 1), 0) AS returning,
           count(*) FILTER (first_age < 90) AS fresh
      FROM (SELECT case_id, party, sum(amount) AS amount, count(*) AS entries, count(DISTINCT month) AS months,
                   max(age) AS first_age
              FROM bank WHERE amount > 0 AND is_customer AND party <> '' GROUP BY case_id, party)
     GROUP BY case_id
), suppliers AS (
    SELECT case_id, count(*) AS parties, sum(entries) AS entries, sum(amount) AS total, max(amount) AS largest,
           coalesce(sum(amount) FILTER (months > 1), 0) AS returning
      FROM (SELECT case_id, party, sum(-amount) AS amount, count(*) AS entries, count(DISTINCT month) AS months
              FROM bank WHERE amount < 0 AND category = 'supplier_payment' AND party <> '' GROUP BY case_id, party)
     GROUP BY case_id
), bank_history AS (
    SELECT case_id, max(days_before) + 1 AS days, coalesce(sum(amount_minor) FILTER (is_earned), 0) AS earned,
           count(*) FILTER (is_earned) AS receipts,
           coalesce(sum(amount_minor) FILTER (days_before < 365 AND is_earned), 0) AS this_year,
           coalesce(sum(amount_minor) FILTER (days_before BETWEEN 365 AND 729 AND is_earned), 0) AS year_before
      FROM (SELECT case_id, days_before, amount_minor, amount_minor > 0
                   AND category IN ('customer_receipt', 'merchant_settlement', 'cash_in', 'unknown') AS is_earned
              FROM bank_transactions) GROUP BY case_id
), bank_years AS (
    SELECT case_id, any_value(full_months) AS full_months, count(*) FILTER (spent > earned) AS short,
           sum(earned) AS earned, max(earned) AS best, sum(earned::double * earned) AS squares
      FROM (SELECT case_id, any_value(full_months) AS full_months, (days_before - newest) * 12 // 365 AS month,
                   coalesce(sum(amount_minor) FILTER (amount_minor > 0 AND category IN
                       ('customer_receipt', 'merchant_settlement', 'cash_in', 'unknown')), 0) AS earned,
                   coalesce(-sum(amount_minor) FILTER (amount_minor < 0 AND category NOT IN
                       ('own_transfer', 'loan_proceeds', 'loan_repayment', 'interest')), 0) AS spent
              FROM bank_transactions JOIN
                   (SELECT case_id, min(days_before) AS newest,
                           least((max(days_before) - min(days_before) + 11) * 12 // 365, 36) AS full_months
                      FROM bank_transactions GROUP BY case_id) USING (case_id)
             WHERE (days_before - newest) * 12 // 365 < full_months GROUP BY case_id, month)
     GROUP BY case_id
), invoice_spans AS (
    SELECT case_id, min(days_before) AS newest, max(days_before) - min(days_before) + 1 AS covered,
           least((max(days_before) - min(days_before) + 11) * 12 // 365, 12) AS full_months
      FROM invoices WHERE days_before < 365 GROUP BY case_id
), bills AS MATERIALIZED (
    SELECT case_id, days_before, newest, covered, full_months, counterparty_key AS party, is_valid, is_credit_note,
           direction = 'sale' AS is_sale, days_before - newest AS age, (days_before - newest) * 12 // 365 AS month,
           abs(gross_minor) AS gross,
           CASE WHEN NOT is_valid THEN 0 WHEN is_credit_note THEN -abs(gross_minor) ELSE abs(gross_minor) END AS amount,
           CASE WHEN NOT is_valid THEN 0 WHEN is_credit_note THEN -abs(tax_minor) ELSE abs(tax_minor) END AS tax,
           is_valid AND NOT is_credit_note AND counterparty_key <> '' AND gross_minor <> 0 AS plain
      FROM invoices JOIN invoice_spans USING (case_id) WHERE days_before < 365
), bill_totals AS (
    SELECT case_id, any_value(covered) AS covered, any_value(full_months) AS full_months, count(*) AS entries,
           count(*) FILTER (is_sale) AS sales_entries, count(*) FILTER (NOT is_sale) AS purchase_entries,
           count(*) FILTER (is_sale AND NOT is_valid) AS void_sales,
           count(*) FILTER (NOT is_sale AND NOT is_valid) AS void_purchases,
           count(*) FILTER (is_sale AND plain) AS sold_entries,
           coalesce(max(gross) FILTER (is_sale AND plain), 0) AS largest_sale,
           count(*) FILTER (is_sale AND is_valid AND is_credit_note) AS credited_entries,
           min(days_before) FILTER (is_sale AND plain) AS last_sale,
           coalesce(sum(gross) FILTER (is_sale AND is_valid AND is_credit_note), 0) AS credited,
           coalesce(sum(gross) FILTER (is_sale AND is_valid AND NOT is_credit_note), 0) AS sold,
           coalesce(sum(amount) FILTER (is_sale), 0) AS sales,
           coalesce(sum(amount) FILTER (is_sale AND age < 90), 0) AS sales_recent,
           coalesce(sum(amount) FILTER (is_sale AND age BETWEEN 90 AND 179), 0) AS sales_before,
           coalesce(sum(amount) FILTER (NOT is_sale), 0) AS purchases,
           coalesce(sum(amount) FILTER (NOT is_sale AND age < 90), 0) AS purchases_recent,
           coalesce(sum(amount) FILTER (NOT is_sale AND age BETWEEN 90 AND 179), 0) AS purchases_before,
           coalesce(sum(amount - tax) FILTER (is_sale), 0) AS sales_net,
           coalesce(sum(amount - tax) FILTER (NOT is_sale), 0) AS purchases_net,
           coalesce(sum(tax) FILTER (is_sale), 0) AS tax_on_sales,
           coalesce(sum(tax) FILTER (NOT is_sale), 0) AS tax_on_purchases
      FROM bills GROUP BY case_id
), bill_months AS (
    SELECT case_id, count(*) FILTER (sales > 0) AS selling, count(*) FILTER (purchases > 0) AS buying,
           count(*) FILTER (purchases > sales) AS buying_more, sum(sales) AS sales, max(sales) AS best,
           sum(sales::double * sales) AS sales_squares, sum(purchases) AS purchases,
           sum(purchases::double * purchases) AS purchases_squares
      FROM (SELECT case_id, month, coalesce(sum(amount) FILTER (is_sale), 0) AS sales,
                   coalesce(sum(amount) FILTER (NOT is_sale), 0) AS purchases
              FROM bills WHERE month < full_months GROUP BY case_id, month) GROUP BY case_id
), parties AS (
    SELECT case_id, is_sale, count(*) AS parties, sum(entries) AS entries, sum(amount) AS total, max(amount) AS largest,
           sum(amount::double * amount) AS squares, coalesce(sum(amount) FILTER (months > 1), 0) AS returning,
           count(*) FILTER (first_age < 90) AS fresh, count(*) FILTER (months >= 4) AS steady
      FROM (SELECT case_id, is_sale, party, sum(gross) AS amount, count(*) AS entries, count(DISTINCT month) AS months,
                   max(age) AS first_age FROM bills WHERE plain GROUP BY case_id, is_sale, party)
     GROUP BY case_id, is_sale
), buyers AS (SELECT * FROM parties WHERE is_sale), vendors AS (SELECT * FROM parties WHERE NOT is_sale), sale_gaps AS (
    SELECT case_id, count(*) AS days, max(gap) AS longest
      FROM (SELECT case_id, age - lag(age) OVER (PARTITION BY case_id ORDER BY age) AS gap
              FROM (SELECT DISTINCT case_id, age FROM bills WHERE is_sale AND plain)) GROUP BY case_id
), bills_ever AS MATERIALIZED (
    SELECT case_id, days_before, direction = 'sale' AS is_sale, is_valid, counterparty_key AS party,
           direction = 'sale' AND is_valid AND NOT is_credit_note AND counterparty_key <> '' AND gross_minor <> 0 AS sold,
           CASE WHEN direction <> 'sale' OR NOT is_valid THEN 0
                WHEN is_credit_note THEN -abs(gross_minor) ELSE abs(gross_minor) END AS sales
      FROM invoices
), bill_history AS (
    SELECT case_id, max(days_before) + 1 AS days, sum(sales) AS sales, count(*) FILTER (is_sale) AS sales_entries,
           count(*) FILTER (is_sale AND NOT is_valid) AS void_sales,
           count(DISTINCT days_before * 12 // 365) FILTER (sales > 0) AS selling_months,
           count(*) FILTER (sold) AS sold_entries, count(DISTINCT days_before) FILTER (sold) AS selling_days,
           coalesce(sum(sales) FILTER (days_before < 365), 0) AS this_year,
           coalesce(sum(sales) FILTER (days_before BETWEEN 365 AND 729), 0) AS year_before
      FROM bills_ever GROUP BY case_id
), bill_years AS (
    SELECT case_id, any_value(full_months) AS full_months, sum(sales) AS sales, max(sales) AS best,
           sum(sales::double * sales) AS squares
      FROM (SELECT case_id, any_value(full_months) AS full_months, (days_before - newest) * 12 // 365 AS month,
                   sum(sales) AS sales
              FROM bills_ever JOIN
                   (SELECT case_id, min(days_before) AS newest,
                           least((max(days_before) - min(days_before) + 11) * 12 // 365, 36) AS full_months
                      FROM bills_ever GROUP BY case_id) USING (case_id)
             WHERE (days_before - newest) * 12 // 365 < full_months GROUP BY case_id, month)
     GROUP BY case_id
), steady AS (
    SELECT case_id, count(*) FILTER (months >= 4) AS buyers
      FROM (SELECT case_id, party, count(DISTINCT days_before * 12 // 365) AS months
              FROM bills_ever WHERE sold GROUP BY case_id, party) GROUP BY case_id
)
SELECT c.case_id,
       money(a_month(t.earned, t.covered)) AS monthly_inflow,
       money(a_month(t.spent, t.covered)) AS monthly_outflow,
       mils(CASE WHEN t.covered >= 50 THEN over(t.earned - t.spent, t.earned) END) AS net_flow_share,
       mils(CASE WHEN t.covered >= 170 THEN over(t.earned_recent, t.earned_before) END) AS inflow_trend,
       mils(over(t.cash_earned, t.earned)) AS cash_share,
       mils(over(t.merchant_earned, t.earned)) AS merchant_share,
       mils(over(t.cash_spent, t.spent)) AS cash_taken_share,
       mils(over(t.own_out, t.earned)) AS own_transfer_share,
       mils(over(t.unknown, t.moved)) AS unknown_share,
       mils(CASE WHEN t.full_months >= 4 THEN swing(m.earned_squares, m.earned, t.full_months) END) AS inflow_volatility,
       mils(CASE WHEN t.full_months >= 4 THEN swing(m.spent_squares, m.spent, t.full_months) END) AS outflow_volatility,
       whole(CASE WHEN t.covered >= 50 THEN t.full_months - m.earning END) AS months_without_inflow,
       mils(CASE WHEN t.full_months >= 4 THEN over(m.best, m.earned) END) AS busiest_month_share,
       whole(g.longest) AS longest_quiet_days,
       mils(CASE WHEN t.covered >= 50 THEN over(m.short, t.full_months) END) AS short_months_share,
       whole(CASE WHEN t.covered >= 50 THEN over(over(b.total, b.days), over(t.spent, t.covered)) END) AS buffer_days,
       tenths(CASE WHEN t.covered >= 50 THEN over(b.lowest, over(t.spent, t.covered)) END) AS lowest_balance_days,
       mils(over(b.negative, b.days)) AS negative_days_share,
       mils(over(over(b.total, b.days), a_month(t.earned, t.covered))) AS buffer_to_inflow,
       whole(cu.parties) AS customer_count,
       mils(CASE WHEN cu.entries >= 5 AND t.covered >= 50 AND over(cu.total, t.earned) >= 0.2
                 THEN over(cu.returning, cu.total) END) AS returning_customer_share,
       mils(CASE WHEN t.receipts >= 5 AND over(coalesce(cu.total, 0) + t.merchant_earned, t.earned) >= 0.5
                 THEN over(coalesce(cu.largest, 0), t.earned) END) AS largest_customer_share,
       mils(CASE WHEN t.receipts >= 5 AND over(coalesce(cu.total, 0) + t.merchant_earned, t.earned) >= 0.5
                 THEN over(coalesce(cu.squares, 0), t.earned::double * t.earned::double) END) AS customer_concentration,
       mils(CASE WHEN cu.entries >= 5 AND t.covered >= 170 AND over(cu.total, t.earned) >= 0.2
                 THEN over(cu.fresh, cu.parties) END) AS new_customer_share,
       tenths(a_month(t.receipts, t.covered)) AS receipts_per_month,
       money(over(t.earned, t.receipts)) AS average_receipt,
       whole(su.parties) AS supplier_count,
       mils(CASE WHEN su.entries >= 5 THEN over(su.largest, su.total) END) AS largest_supplier_share,
       mils(CASE WHEN su.entries >= 5 AND t.covered >= 50 THEN over(su.returning, su.total) END) AS returning_supplier_share,
       mils(CASE WHEN t.covered >= 50 THEN over(t.debt_paid, t.earned) END) AS debt_service_share,
       cents(CASE WHEN t.covered >= 50 THEN over(t.earned - t.spent, t.debt_paid) END) AS debt_service_coverage,
       money(a_month(t.debt_paid, t.covered)) AS monthly_debt_service,
       mils(over(t.borrowed, t.earned)) AS borrowed_share,
       whole(t.lenders) AS lender_count,
       mils(CASE WHEN t.covered >= 50 THEN over(t.fixed_costs, t.earned) END) AS fixed_cost_share,
       fine(CASE WHEN t.covered >= 50 THEN over(t.taxes, t.earned) END) AS tax_paid_share,
       whole(CASE WHEN t.full_months >= 4 THEN t.tax_months END) AS tax_months,
       whole(t.covered) AS evidence_days,
       whole(t.newest) AS evidence_age_days,
       whole(t.last_receipt) AS last_receipt_days,
       mils(CASE WHEN t.covered >= 50 THEN over(t.active_days, t.covered) END) AS active_days_share,
       tenths(a_month(t.entries, t.covered)) AS entries_per_month,
       mils(CASE WHEN h.days >= 670 THEN over(h.this_year, h.year_before) END) AS inflow_growth,
       mils(CASE WHEN b.days >= 10 AND b.total > 0 THEN swing(b.squares, b.total, b.days) END) AS balance_volatility,
       mils(CASE WHEN t.covered >= 170 AND b.before > 0
                 THEN over(over(b.recent, b.recent_days), over(b.before, b.before_days)) END) AS buffer_trend,
       mils(CASE WHEN b.days >= 10 AND b.total > 0 THEN over(b.lowest, over(b.total, b.days)) END) AS lowest_to_usual_balance,
       whole(CASE WHEN t.covered >= 50 THEN t.overdraft_months END) AS overdraft_months,
       whole(h.days) AS history_days,
       money(a_month(h.earned, h.days)) AS history_monthly_inflow,
       tenths(a_month(h.receipts, h.days)) AS history_receipts_per_month,
       mils(CASE WHEN hy.full_months >= 4 THEN swing(hy.squares, hy.earned, hy.full_months) END) AS history_inflow_volatility,
       mils(CASE WHEN hy.full_months >= 4 THEN over(hy.best, hy.earned) END) AS history_best_month_share,
       mils(CASE WHEN hy.full_months >= 4 THEN over(hy.short, hy.full_months) END) AS history_short_months_share,
       money(a_month(i.sales, i.covered)) AS monthly_sales,
       money(a_month(i.purchases, i.covered)) AS monthly_purchases,
       mils(CASE WHEN i.covered >= 170 THEN over(i.sales_recent, i.sales_before) END) AS sales_trend,
       mils(CASE WHEN i.full_months >= 4 THEN swing(im.sales_squares, im.sales, i.full_months) END) AS sales_volatility,
       whole(CASE WHEN i.covered >= 50 THEN i.full_months - im.selling END) AS months_without_sales,
       mils(over(a_month(t.earned, t.covered), a_month(i.sales, i.covered))) AS sales_paid_share,
       whole(bu.parties) AS buyer_count,
       mils(CASE WHEN bu.entries >= 5 AND i.covered >= 50 THEN over(bu.returning, bu.total) END) AS returning_buyer_share,
       mils(CASE WHEN bu.entries >= 5 THEN over(bu.largest, i.sold) END) AS largest_buyer_share,
       mils(CASE WHEN bu.entries >= 5 THEN over(bu.squares, i.sold::double * i.sold::double) END) AS buyer_concentration,
       whole(ve.parties) AS vendor_count,
       mils(CASE WHEN ve.entries >= 5 THEN over(ve.largest, ve.total) END) AS largest_vendor_share,
       mils(CASE WHEN ve.entries >= 5 AND i.covered >= 50 THEN over(ve.returning, ve.total) END) AS returning_vendor_share,
       fine(CASE WHEN i.sales_entries >= 5 THEN over(i.void_sales, i.sales_entries) END) AS void_invoice_share,
       fine(CASE WHEN i.sales_entries >= 5 THEN over(i.credited, i.sold) END) AS credit_note_share,
       fine(over(i.tax_on_sales, i.sales_net)) AS sales_tax_share,
       mils(CASE WHEN i.purchase_entries >= 5 AND i.covered >= 50
                 THEN over(i.sales_net - i.purchases_net, i.sales_net) END) AS invoice_margin_share,
       whole(i.covered) AS invoice_days,
       tenths(a_month(i.entries, i.covered)) AS invoices_per_month,
       mils(CASE WHEN ih.days >= 670 THEN over(ih.this_year, ih.year_before) END) AS sales_growth,
       money(a_month(ih.sales, ih.days)) AS history_monthly_sales,
       mils(CASE WHEN i.covered >= 170 THEN over(i.purchases_recent, i.purchases_before) END) AS purchases_trend,
       mils(CASE WHEN i.full_months >= 4
                 THEN swing(im.purchases_squares, im.purchases, i.full_months) END) AS purchases_volatility,
       mils(CASE WHEN i.full_months >= 4 THEN over(im.best, im.sales) END) AS busiest_sales_month_share,
       whole(sg.longest) AS longest_unsold_days,
       mils(CASE WHEN i.covered >= 50 THEN over(sg.days, i.covered) END) AS selling_days_share,
       mils(CASE WHEN ih.days >= 50 THEN over(ih.selling_months, ih.days / (365 / 12)) END) AS selling_months_share,
       mils(CASE WHEN i.purchase_entries >= 5 AND i.full_months > 0
                 THEN over(im.buying_more, i.full_months) END) AS months_buying_more,
       mils(CASE WHEN i.full_months >= 4 THEN over(im.buying, i.full_months) END) AS buying_months_share,
       whole(CASE WHEN i.covered >= 170 THEN bu.steady END) AS steady_buyer_count,
       whole(CASE WHEN i.covered >= 170 THEN ve.steady END) AS steady_vendor_count,
       mils(CASE WHEN bu.entries >= 5 AND i.covered >= 170 THEN over(bu.fresh, bu.parties) END) AS new_buyer_share,
       mils(CASE WHEN i.sold_entries >= 5 THEN over(i.largest_sale, i.sold) END) AS largest_sale_share,
       money(over(i.sold, i.sold_entries)) AS average_sale,
       mils(CASE WHEN ve.entries >= 5 THEN over(ve.squares, ve.total::double * ve.total::double) END) AS vendor_concentration,
       fine(CASE WHEN i.sales_entries >= 5 THEN over(i.credited_entries, i.sales_entries) END) AS credit_note_entry_share,
       fine(CASE WHEN i.purchase_entries >= 5 THEN over(i.void_purchases, i.purchase_entries) END) AS void_purchase_share,
       fine(CASE WHEN ih.sales_entries >= 5 THEN over(ih.void_sales, ih.sales_entries) END) AS history_void_share,
       fine(CASE WHEN i.purchase_entries >= 5
                 THEN over(i.tax_on_sales - i.tax_on_purchases, i.sales_net) END) AS net_tax_share,
       whole(i.last_sale) AS last_sale_days,
       whole(ih.days) AS invoice_history_days,
       mils(CASE WHEN iy.full_months >= 4 THEN swing(iy.squares, iy.sales, iy.full_months) END) AS history_sales_volatility,
       mils(CASE WHEN iy.full_months >= 4 THEN over(iy.best, iy.sales) END) AS history_best_sales_month_share,
       tenths(a_month(ih.sold_entries, ih.days)) AS history_sales_per_month,
       mils(CASE WHEN ih.days >= 50 THEN over(ih.selling_days, ih.days) END) AS history_selling_days_share,
       whole(CASE WHEN ih.days >= 170 THEN st.buyers END) AS history_steady_buyer_count
  FROM cases c
  LEFT JOIN totals t USING (case_id) LEFT JOIN months m USING (case_id) LEFT JOIN balances b USING (case_id)
  LEFT JOIN receipt_gaps g USING (case_id) LEFT JOIN customers cu USING (case_id) LEFT JOIN suppliers su USING (case_id)
  LEFT JOIN bank_history h USING (case_id) LEFT JOIN bill_totals i USING (case_id)
  LEFT JOIN bill_months im USING (case_id) LEFT JOIN buyers bu USING (case_id) LEFT JOIN vendors ve USING (case_id)
  LEFT JOIN sale_gaps sg USING (case_id) LEFT JOIN bill_history ih USING (case_id)
  LEFT JOIN bank_years hy USING (case_id) LEFT JOIN bill_years iy USING (case_id) LEFT JOIN steady st USING (case_id)
